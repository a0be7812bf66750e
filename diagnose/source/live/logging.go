package live

import (
	"context"
	"encoding/json"
	"strings"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
)

// readLoggingRole reads with which role API Gateway writes logs in this account
// and region (L6).
func (a *account) readLoggingRole() snapshot.Fact[string] {
	at := snapshot.Origin{Resource: a.arn("account"), Path: "cloudwatchRoleArn"}
	s := spec{"apigateway", "GetAccount", "account settings of API Gateway", "apigateway:GET on " + at.Resource}
	out, failed := call(a.ctx, a.calls, s, func(ctx context.Context) (*apigateway.GetAccountOutput, error) {
		out, err := a.gateway.GetAccount(ctx, &apigateway.GetAccountInput{})
		if err == nil && out.ThrottleSettings == nil {
			err = lacks("throttle settings") // every account has them
		}
		return out, err
	})
	if failed != nil {
		return unknown[string](failed, at)
	}
	return snapshot.Known(aws.ToString(out.CloudwatchRoleArn), at)
}

// followLogging begins to read the role that writes the logs of the stages, when
// they have any: one that is gone ends all logs without a word (L7).
func (r *reader) followLogging(logs bool) {
	if role := value(r.loggingRole.wait()); logs && roleARN.MatchString(role) {
		r.role(role)
	}
}

// logs tells whether a REST API's stage writes execution or access logs.
func logs(stage types.Stage) bool {
	for _, settings := range stage.MethodSettings {
		if level := strings.ToUpper(aws.ToString(settings.LoggingLevel)); level != "" && level != "OFF" { // L3
			return true
		}
	}
	return stage.AccessLogSettings != nil
}

// methodSettings are a stage's settings by path and method. The SDK reads an
// absent limit as 0, which would block every call: what was sent tells them apart.
func methodSettings(stage types.Stage, sent map[string]limits, at snapshot.Origin) map[string]snapshot.MethodSettings {
	out := map[string]snapshot.MethodSettings{}
	for key, s := range stage.MethodSettings {
		out[settingsKey(key)] = snapshot.MethodSettings{LoggingLevel: aws.ToString(s.LoggingLevel), DataTrace: s.DataTraceEnabled, Metrics: s.MetricsEnabled,
			ThrottleRate: sent[key].ThrottlingRateLimit, ThrottleBurst: sent[key].ThrottlingBurstLimit, Origin: at.At("methodSettings['" + key + "']")}
	}
	return out
}

// settingsKey brings the two forms of a key together (L4): ~1orders/POST, as it
// is patched, and orders/POST are both /orders/POST, which is the path, a slash
// and the method.
func settingsKey(key string) string {
	if key == snapshot.AllMethods {
		return key
	}
	key = strings.TrimLeft(strings.NewReplacer("~1", "/", "~0", "~").Replace(key), "/")
	if !strings.Contains(key, "/") {
		return "//" + key // of the root
	}
	return "/" + key
}

// limits are the throttling of a method as the control plane sent it.
type limits struct {
	ThrottlingRateLimit  *float64
	ThrottlingBurstLimit *int
}

// limitsOf reads the limits of each stage out of an answer of GetStages.
func limitsOf(body []byte) map[string]map[string]limits {
	var sent struct {
		Item []struct {
			StageName      string
			MethodSettings map[string]limits
		}
	}
	if json.Unmarshal(body, &sent) != nil {
		return nil // the SDK has read it, so that this cannot be
	}
	out := map[string]map[string]limits{}
	for _, stage := range sent.Item {
		out[stage.StageName] = stage.MethodSettings
	}
	return out
}
