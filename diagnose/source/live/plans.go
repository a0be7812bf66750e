package live

import (
	"context"
	"encoding/json"
	"strings"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
)

// usagePlan is a plan as the control plane sent it: a limit of 0 and none are told
// apart.
type usagePlan struct {
	ID, Name  string
	Throttle  *throttle
	Quota     *struct{ Limit *int }
	APIStages []struct {
		APIID    string `json:"apiId"`
		Stage    string
		Throttle map[string]throttle
	}
}

type throttle struct {
	RateLimit  *float64
	BurstLimit *int
}

func (t throttle) settings() snapshot.MethodSettings {
	return snapshot.MethodSettings{ThrottleRate: t.RateLimit, ThrottleBurst: t.BurstLimit}
}

// plans are the usage plans of the account and region.
type plans struct {
	list    []usagePlan
	at      snapshot.Origin
	failure *failure
}

// plansOfAll reads them once for all APIs of a run.
func (r *reader) plansOfAll() plans { return r.plans.get("", r.readPlans).wait() }

func (a *account) readPlans() plans {
	out := plans{at: snapshot.Origin{Resource: a.arn("usageplans")}}
	s := a.domainSpec("GetUsagePlans", "usage plans", "usageplans")
	out.list, out.failure = everyPage(a, s, func(ctx context.Context, position *string) ([]usagePlan, *string, error) {
		var sent []byte
		page, err := a.gateway.GetUsagePlans(keepingBody(ctx, &sent), &apigateway.GetUsagePlansInput{Limit: aws.Int32(pageSize), Position: position})
		if err != nil {
			return nil, nil, err
		}
		var read struct{ Item []usagePlan }
		if json.Unmarshal(sent, &read) != nil {
			read.Item = nil // everyPage says that the list is lacking
		}
		return read.Item, page.Position, nil
	})
	return out
}

// of are the plans that take in a stage, and whether these are all.
func (p plans) of(api, stage string) (list []snapshot.UsagePlan, read snapshot.Fact[bool]) {
	if p.failure != nil {
		return nil, unknown[bool](p.failure, p.at)
	}
	for _, plan := range p.list {
		for _, in := range plan.APIStages {
			if in.APIID != api || in.Stage != stage {
				continue
			}
			one := snapshot.UsagePlan{Name: plan.Name, Origin: snapshot.Origin{Resource: p.at.Resource + "/" + plan.ID}}
			if plan.Throttle != nil {
				one.Limits = plan.Throttle.settings()
			}
			if plan.Quota != nil {
				one.Quota = plan.Quota.Limit
			}
			for method, own := range in.Throttle {
				if one.Own == nil {
					one.Own = map[string]bool{}
				}
				one.Own["/"+strings.TrimLeft(method, "/")] = own.settings().LetsNothing()
			}
			list = append(list, one)
		}
	}
	return list, snapshot.Known(true, p.at)
}
