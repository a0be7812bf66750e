package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/smithy-go"
)

// Changed is the error of a plan whose cells are no longer what was diagnosed.
// Nothing has been written.
type Changed struct {
	Cells []Cell
	Now   []*string
}

func (e *Changed) Error() string {
	var b strings.Builder
	b.WriteString("the configuration is no longer what was diagnosed; nothing was changed:")
	for i, c := range e.Cells {
		fmt.Fprintf(&b, "\n  to %s: it was %s and is %s", c.What, shown(c.Before), shown(e.Now[i]))
	}
	return b.String()
}

// Partial is the error of a plan that stopped in the middle.
type Partial struct {
	Failed string // what was being done
	Err    error
	Done   []string
	Left   []string // not done, the failed one first
}

func (e *Partial) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "cannot %s: %s", e.Failed, cause(e.Err))
	list := func(title string, items []string) {
		if len(items) > 0 {
			b.WriteString("\n" + title + ":")
		}
		for _, s := range items {
			b.WriteString("\n  " + s)
		}
	}
	list("done", e.Done)
	list("not done", e.Left)
	return b.String()
}

func (e *Partial) Unwrap() error { return e.Err }

// cause is what AWS said, without the SDK's words around it.
func cause(err error) string {
	var api smithy.APIError
	switch {
	case errors.As(err, &api):
		return api.ErrorCode() + ": " + api.ErrorMessage()
	case errors.Is(err, context.DeadlineExceeded):
		return "AWS did not answer in time"
	case errors.Is(err, context.Canceled):
		return "it was interrupted"
	}
	return err.Error()
}

func shown(p *string) string {
	if p == nil {
		return "absent"
	}
	s := *p
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// Run carries a plan out. Every cell is read first; when one is not what was
// diagnosed the error is *Changed and nothing is written. save keeps the
// rollback file: it is called before the first write and after each one. An
// error in the middle is *Partial.
func Run(ctx context.Context, cfg aws.Config, p *Plan, save func([]byte) error) error {
	c := newClients(cfg)
	changed := &Changed{}
	for i := range p.Cells {
		now, err := c.read(ctx, &p.Cells[i])
		if err != nil {
			return fmt.Errorf("nothing was changed, because what is there cannot be read again (to %s): %s", p.Cells[i].What, cause(err))
		}
		if !p.Cells[i].same(now, p.Cells[i].Before) {
			changed.Cells, changed.Now = append(changed.Cells, p.Cells[i]), append(changed.Now, now)
		}
	}
	if len(changed.Cells) > 0 {
		return changed
	}
	if err := p.save(save); err != nil {
		return fmt.Errorf("nothing was changed, because the rollback file cannot be written: %w", err)
	}
	for i := 0; i < len(p.Cells); {
		n := p.group(i)
		err := c.forward(ctx, p.Cells[i:i+n])
		if err == nil {
			for j := range n {
				p.Cells[i+j].Done = true
			}
			err = p.save(save)
			i += n
		}
		if err != nil {
			return p.partial(i, err)
		}
	}
	return nil
}

// group is how many cells from i on one call can write: properties of one integration.
func (p *Plan) group(i int) int {
	n := 1
	for i+n < len(p.Cells) && p.Cells[i].Kind == integrationField && sameIntegration(&p.Cells[i], &p.Cells[i+n]) {
		n++
	}
	return n
}

func sameIntegration(a, b *Cell) bool {
	return b.Kind == integrationField && a.API == b.API && a.Resource == b.Resource && a.Method == b.Method
}

func (c *clients) forward(ctx context.Context, cells []Cell) error {
	if len(cells) > 1 {
		var ops []types.PatchOperation
		for i := range cells {
			ops = append(ops, patchOf(cells[i].Path, cells[i].Before, cells[i].After))
		}
		return c.patchIntegration(ctx, &cells[0], ops)
	}
	cell := &cells[0]
	made, err := c.write(ctx, cell, cell.Before, cell.After)
	if (cell.Kind == deployment || cell.Kind == routedDeployment) && err == nil {
		cell.After = made
	}
	return err
}

func (p *Plan) partial(i int, err error) error {
	e := &Partial{Err: err, Failed: "finish"}
	if i < len(p.Cells) {
		e.Failed = p.Cells[i].What
	}
	for j, c := range p.Cells {
		if j < i {
			e.Done = append(e.Done, c.What)
		} else {
			e.Left = append(e.Left, c.What)
		}
	}
	return e
}

func (p *Plan) save(save func([]byte) error) error {
	out, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return save(append(out, '\n'))
}

// Rollback takes a plan back, the last cell first. A cell that is what it was
// before is left alone. One that is neither that nor what the plan made of it
// has been changed by somebody else, and is named in the error *Changed; the
// others are taken back all the same.
func Rollback(ctx context.Context, cfg aws.Config, p *Plan, told func(what string)) error {
	c := newClients(cfg)
	foreign := &Changed{}
	for i := len(p.Cells) - 1; i >= 0; i-- {
		cell := &p.Cells[i]
		if (cell.Kind == deployment || cell.Kind == routedDeployment) && cell.Before == nil {
			continue // the stage had none; an unused deployment harms nobody
		}
		now, err := c.read(ctx, cell)
		if err == nil && !cell.same(now, cell.Before) {
			if !cell.same(now, cell.After) {
				foreign.Cells, foreign.Now = append(foreign.Cells, *cell), append(foreign.Now, now)
				continue
			}
			_, err = c.write(ctx, cell, now, cell.Before)
			if err == nil {
				told(cell.Restoring())
			}
		}
		if err != nil {
			e := &Partial{Failed: cell.Restoring(), Err: err}
			for j := i; j >= 0; j-- {
				e.Left = append(e.Left, p.Cells[j].Restoring())
			}
			return e
		}
	}
	if len(foreign.Cells) > 0 {
		return fmt.Errorf("somebody has changed these since, so they were left alone: %s", strings.Join(whats(foreign), "; "))
	}
	return nil
}

func whats(e *Changed) []string {
	var list []string
	for i, c := range e.Cells {
		list = append(list, fmt.Sprintf("%s (it is %s now)", c.What, shown(e.Now[i])))
	}
	slices.Sort(list)
	return list
}

// same compares two values of the cell. Policies are compared by what they say:
// AWS does not promise to give back the bytes that were sent.
func (c *Cell) same(a, b *string) bool {
	if a == nil || b == nil || *a == *b {
		return (a == nil) == (b == nil)
	}
	switch c.Kind {
	case attachment, integrationField, methodParameter, methodResponse, responseHeader, methodValidator, stageVariable, deployment, defaultEndpoint, keyState,
		routeResponse, routedResponse, routedDeployment, routedEndpoint:
		return false
	}
	var x, y any
	return json.Unmarshal([]byte(*a), &x) == nil && json.Unmarshal([]byte(*b), &y) == nil && reflect.DeepEqual(x, y)
}
