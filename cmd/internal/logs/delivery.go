package logs

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// Delivery is a place that execution logs are delivered to in place of the group
// that API Gateway manages (L8, L9).
type Delivery struct {
	Kind        string   // CWL, S3 or FH
	Destination string   // ARN
	Format      string   // json, plain, w3c, raw or parquet; empty when not known
	Fields      []string // of a record, in their order; none for all
	Delimiter   string   // between them, in a plain record
}

// Group is the log group of a delivery, by name or, of another account, by ARN.
func (d *Delivery) Group(s *snapshot.Snapshot) string { return groupName(s, d.Destination) }

// fields are those of a record when none are named (L8).
var fields = []string{"resource_arn", "event_timestamp", "api_id", "stage", "resource_path", "http_method", payload}

const payload = "payload"

// readable tells whether the delivery's records can be read back: JSON, or the
// payload at the end of a plain record.
func (d *Delivery) readable() bool {
	if d.Kind != "CWL" || !strings.Contains(d.Destination, ":log-group:") {
		return false
	}
	list := d.fields()
	return d.Format == "json" && slices.Contains(list, payload) || d.Format == "plain" && list[len(list)-1] == payload && (len(list) == 1 || d.Delimiter != "")
}

func (d *Delivery) fields() []string {
	if len(d.Fields) == 0 {
		return fields
	}
	return d.Fields
}

// Message is the line of the standard log in a record.
func (d *Delivery) Message(record string) string {
	if d.Format != "plain" {
		return record // the grouper reads JSON
	}
	for range len(d.fields()) - 1 {
		_, rest, ok := strings.Cut(record, d.Delimiter)
		if !ok {
			break
		}
		record = rest
	}
	return record
}

// Deliver takes over where executions are delivered to. What goes elsewhere than
// to a log group that can be read is said.
func (g *Groups) Deliver(list []Delivery) {
	var elsewhere []string
	for i := range list {
		switch d := &list[i]; {
		case g.Delivered != nil && d.readable(): // it holds the same
		case d.readable():
			g.Delivered = d
		case d.Kind == "CWL":
			elsewhere = append(elsewhere, d.Destination+", in a form that is not read here")
		default:
			elsewhere = append(elsewhere, d.Destination+", which is not read here")
		}
	}
	if len(elsewhere) > 0 && g.Delivered == nil {
		g.hide("execution logs are delivered to %s; the group that API Gateway manages holds what is older. Export them and give them with --file", strings.Join(elsewhere, " and to "))
		g.Sight += "; it is delivered to " + strings.Join(elsewhere, " and to ")
	}
}
