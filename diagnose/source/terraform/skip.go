package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"apisqs-doctor/diagnose/snapshot"
)

// skipWord begins a comment that says that a finding is known:
//
//	# apisqs-doctor:skip RULE reason until=2027-03-31
const skipWord = "apisqs-doctor:skip"

// skipComment is such a comment, and the block that it stands in or directly above.
type skipComment struct {
	skip  snapshot.Skip
	block hcl.Range
}

// noteSkips takes down the skips of a file.
func (ev *evaluator) noteSkips(file string, text []byte, body *hclsyntax.Body) {
	if !strings.Contains(string(text), skipWord) {
		return
	}
	tokens, _ := hclsyntax.LexConfig(text, file, hcl.InitialPos)
	for i, t := range tokens {
		_, said, ok := strings.Cut(string(t.Bytes), skipWord)
		if t.Type != hclsyntax.TokenComment || !ok {
			continue
		}
		skip := skipOf(strings.TrimSuffix(strings.TrimSpace(said), "*/"))
		skip.Origin = placeOf(t.Range).Origin()
		if _, problem := skip.Fault(); problem != "" {
			ev.stop(errorAt(t.Range, "# "+skipWord+" RULE reason until=DATE", "%s", problem))
			return
		}
		at := skippedBlock(body, tokens, i)
		if at == nil {
			ev.stop(errorAt(t.Range, "it inside or directly above a resource", "the skip of %q belongs to no block", skip.Rule))
			return
		}
		ev.skips = append(ev.skips, skipComment{skip, at.TypeRange})
	}
}

// skipOf reads what stands behind the word.
func skipOf(said string) snapshot.Skip {
	var skip snapshot.Skip
	var reason []string
	for i, word := range strings.Fields(said) {
		date, until := strings.CutPrefix(word, "until=")
		switch {
		case i == 0:
			skip.Rule = word
		case until:
			skip.Until = date
		default:
			reason = append(reason, word)
		}
	}
	skip.Reason = strings.Join(reason, " ")
	return skip
}

// skippedBlock is the block around a comment, or the one that the next line begins.
func skippedBlock(body *hclsyntax.Body, tokens hclsyntax.Tokens, i int) *hclsyntax.Block {
	at := tokens[i].Range.Start.Byte
	next := -1
	line := tokens[i].Range.Start.Line
	for _, t := range tokens[i+1:] {
		if t.Type == hclsyntax.TokenComment {
			line = t.Range.Start.Line
			continue
		}
		if t.Type == hclsyntax.TokenNewline && t.Range.Start.Line <= line {
			continue
		}
		if t.Range.Start.Line <= line+1 {
			next = t.Range.Start.Byte
		}
		break
	}
	for _, b := range body.Blocks {
		if b.TypeRange.Start.Byte <= at && at < b.CloseBraceRange.End.Byte || b.TypeRange.Start.Byte == next {
			return b
		}
	}
	return nil
}

// skipsOf are the skips of every instance of the blocks that they stand at.
func (ev *evaluator) skipsOf(root *scope) []snapshot.Skip {
	if len(ev.skips) == 0 {
		return nil
	}
	addresses := map[hcl.Range][]string{}
	ev.instances(root, func(e *expansion) {
		for _, in := range e.instances {
			addresses[in.block.TypeRange] = append(addresses[in.block.TypeRange], in.address)
		}
	})
	var list []snapshot.Skip
	for _, c := range ev.skips {
		for _, address := range addresses[c.block] {
			skip := c.skip
			skip.Origin.Resource = address
			list = append(list, skip)
		}
	}
	return list
}
