package logs

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"

	"apisqs-doctor/diagnose/source/live"
)

// Metric names a series.
type Metric struct {
	Namespace, Name string
	Dimensions      [][2]string // names and values
	Stat            string      // Sum, Maximum
}

// Point is the value of one period.
type Point struct {
	Time  time.Time
	Value float64
}

// Metrics reads the series over the window, in one call, each with its points in
// the order of their times. A series without points has none; that is not zero
// (L75). The window is aligned to the period. The error is a *live.Error.
func Metrics(ctx context.Context, cfg live.Settings, list []Metric, from, to time.Time, period time.Duration) ([][]Point, error) {
	// CBOR, the SDK's choice, is what emulators do not speak (L91).
	client := cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) {
		o.Protocol = awsjson.New10(schemas.GraniteServiceVersion20100801)
	})
	in := &cloudwatch.GetMetricDataInput{StartTime: aws.Time(from.Truncate(period)), EndTime: aws.Time(to.Truncate(period).Add(period)), ScanBy: types.ScanByTimestampAscending}
	for i, m := range list {
		q := types.MetricDataQuery{Id: aws.String(fmt.Sprintf("m%d", i)), MetricStat: &types.MetricStat{Period: aws.Int32(int32(period.Seconds())), Stat: aws.String(m.Stat),
			Metric: &types.Metric{Namespace: aws.String(m.Namespace), MetricName: aws.String(m.Name)}}}
		for _, d := range m.Dimensions {
			q.MetricStat.Metric.Dimensions = append(q.MetricStat.Metric.Dimensions, types.Dimension{Name: aws.String(d[0]), Value: aws.String(d[1])})
		}
		in.MetricDataQueries = append(in.MetricDataQueries, q)
	}
	out := make([][]Point, len(list))
	for {
		page, err := client.GetMetricData(ctx, in)
		if err != nil {
			kind, said := live.Judge(err)
			e := &live.Error{Kind: kind, Err: err, Message: "the metrics cannot be read: " + said}
			if kind == live.Denied {
				e.Suggest = "allow cloudwatch:GetMetricData on *"
			}
			return nil, e
		}
		for _, r := range page.MetricDataResults {
			i := 0
			if _, err := fmt.Sscanf(aws.ToString(r.Id), "m%d", &i); err != nil || i < 0 || i >= len(out) {
				continue
			}
			for k, at := range r.Timestamps {
				if k < len(r.Values) {
					out[i] = append(out[i], Point{at, r.Values[k]})
				}
			}
		}
		if aws.ToString(page.NextToken) == "" {
			return out, nil
		}
		in.NextToken = page.NextToken
	}
}
