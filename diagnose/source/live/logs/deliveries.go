package logs

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"apisqs-doctor/diagnose/source/live"
)

// Delivery is a place that the execution logs of an API stage are delivered to in
// place of the group that API Gateway manages (L8, L9).
type Delivery struct {
	Kind        string   // CWL, S3 or FH, as CloudWatch Logs names it
	Destination string   // ARN of the log group, bucket or delivery stream; of the delivery destination where that cannot be read
	Format      string   // json, plain, w3c, raw or parquet; empty when not known
	Fields      []string // of a record, in their order; none for all
	Delimiter   string   // between them, in a plain record
}

// executionLogs is the type of the deliveries that are looked for.
const executionLogs = "EXECUTION_LOGS"

// Deliveries finds where the execution logs of a REST API's stage are delivered
// to; none when API Gateway writes them to its own group. Nothing lists the
// deliveries of one stage, so that those of the account are gone through (L9b).
// The error is the context's or a *live.Error.
func Deliveries(ctx context.Context, cfg live.Settings, api, stage string) ([]Delivery, error) {
	client := cloudwatchlogs.NewFromConfig(cfg)
	sources := map[string]bool{}
	pages := cloudwatchlogs.NewDescribeDeliverySourcesPaginator(client, &cloudwatchlogs.DescribeDeliverySourcesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, deliveryFailure("DescribeDeliverySources", err)
		}
		for _, s := range page.DeliverySources {
			of := func(arn string) bool { return strings.HasSuffix(arn, ":/restapis/"+api+"/stages/"+stage) }
			if aws.ToString(s.LogType) == executionLogs && slices.ContainsFunc(s.ResourceArns, of) {
				sources[aws.ToString(s.Name)] = true
			}
		}
	}
	if len(sources) == 0 {
		return nil, nil
	}
	var list []Delivery
	each := cloudwatchlogs.NewDescribeDeliveriesPaginator(client, &cloudwatchlogs.DescribeDeliveriesInput{})
	for each.HasMorePages() {
		page, err := each.NextPage(ctx)
		if err != nil {
			return list, deliveryFailure("DescribeDeliveries", err)
		}
		for _, d := range page.Deliveries {
			if sources[aws.ToString(d.DeliverySourceName)] {
				list = append(list, destination(ctx, client, d))
			}
		}
	}
	return list, nil
}

// destination reads where a delivery goes, as far as the caller may: it can be in
// another account.
func destination(ctx context.Context, client *cloudwatchlogs.Client, d types.Delivery) Delivery {
	out := Delivery{Kind: string(d.DeliveryDestinationType), Destination: aws.ToString(d.DeliveryDestinationArn), Fields: d.RecordFields, Delimiter: aws.ToString(d.FieldDelimiter)}
	_, name, _ := strings.Cut(out.Destination, ":delivery-destination:")
	got, err := client.GetDeliveryDestination(ctx, &cloudwatchlogs.GetDeliveryDestinationInput{Name: aws.String(name)})
	if err != nil || got.DeliveryDestination == nil || aws.ToString(got.DeliveryDestination.Arn) != out.Destination {
		return out
	}
	out.Format = string(got.DeliveryDestination.OutputFormat)
	if c := got.DeliveryDestination.DeliveryDestinationConfiguration; c != nil && aws.ToString(c.DestinationResourceArn) != "" {
		out.Destination = *c.DestinationResourceArn
	}
	return out
}

func deliveryFailure(operation string, err error) error {
	kind, said := live.Judge(err)
	e := &live.Error{Kind: kind, Err: err, Message: "where execution logs are delivered to cannot be read: " + said}
	if kind == live.Denied {
		e.Suggest = "allow logs:" + operation + " on *"
	}
	return e
}
