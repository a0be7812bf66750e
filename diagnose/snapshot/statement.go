package snapshot

import (
	"encoding/json"
	"fmt"
	"strings"
)

// withStatement returns the policy text with one statement added (index 0),
// replaced, or removed (statement ""); everything else stays as it is written.
// The result is empty when no statement is left.
func withStatement(policy string, index int, statement string) (string, error) {
	if strings.TrimSpace(policy) == "" {
		if index != 0 {
			return "", fmt.Errorf("the policy has no statement %d", index)
		}
		return `{"Version":"2012-10-17","Statement":[` + statement + `]}`, nil
	}
	list, err := statements(policy)
	switch {
	case err != nil:
		return "", err
	case index < 0 || index > len(list.items):
		return "", fmt.Errorf("the policy has no statement %d", index)
	case index == 0:
		return list.add(policy, statement), nil
	case statement == "" && len(list.items) == 1:
		return "", nil
	case statement == "":
		return list.remove(policy, index-1), nil
	}
	at := list.items[index-1]
	return policy[:at.start] + statement + policy[at.end:], nil
}

// extent is a piece of a text, in bytes.
type extent struct{ start, end int }

// statementList is where the statements of a policy stand.
type statementList struct {
	value extent // of the Statement element
	items []extent
	bare  bool // a single object instead of a list
	// missing is where a Statement element would go; 0 when there is one.
	missing int
	first   bool // the policy is an empty object
}

func (l statementList) add(policy, statement string) string {
	switch {
	case l.missing > 0:
		comma := ","
		if l.first {
			comma = ""
		}
		return policy[:l.missing] + comma + `"Statement":[` + statement + `]` + policy[l.missing:]
	case l.bare:
		return policy[:l.value.start] + "[" + policy[l.value.start:l.value.end] + "," + statement + "]" + policy[l.value.end:]
	case len(l.items) == 0:
		return policy[:l.value.start] + "[" + statement + "]" + policy[l.value.end:]
	}
	last := l.items[len(l.items)-1].end
	return policy[:last] + "," + statement + policy[last:]
}

// remove cuts a statement out together with the comma beside it.
func (l statementList) remove(policy string, i int) string {
	if i == 0 {
		return policy[:l.items[0].start] + policy[l.items[1].start:]
	}
	return policy[:l.items[i-1].end] + policy[l.items[i].end:]
}

// statements finds the Statement element of a policy document.
func statements(policy string) (statementList, error) {
	bad := func(err error) (statementList, error) {
		return statementList{}, fmt.Errorf("the policy is not a JSON object: %w", err)
	}
	d := json.NewDecoder(strings.NewReader(policy))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return bad(fmt.Errorf("expected {, found %v (%v)", t, err))
	}
	var list statementList
	found := false
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return bad(err)
		}
		start := valueStart(policy, int(d.InputOffset()))
		if name != "Statement" {
			var skipped json.RawMessage
			if err := d.Decode(&skipped); err != nil {
				return bad(err)
			}
			continue
		}
		found = true
		if list, err = readStatements(d, policy, start); err != nil {
			return bad(err)
		}
	}
	end := int(d.InputOffset())
	if _, err := d.Token(); err != nil {
		return bad(err)
	}
	if !found {
		list.missing, list.first = end, end == strings.IndexByte(policy, '{')+1
	}
	return list, nil
}

func readStatements(d *json.Decoder, policy string, start int) (statementList, error) {
	list := statementList{bare: policy[start] != '['}
	if list.bare {
		var one json.RawMessage
		err := d.Decode(&one)
		list.value = extent{start, int(d.InputOffset())}
		list.items = []extent{list.value}
		return list, err
	}
	if _, err := d.Token(); err != nil {
		return list, err
	}
	for d.More() {
		at := valueStart(policy, int(d.InputOffset()))
		var item json.RawMessage
		if err := d.Decode(&item); err != nil {
			return list, err
		}
		list.items = append(list.items, extent{at, int(d.InputOffset())})
	}
	_, err := d.Token()
	list.value = extent{start, int(d.InputOffset())}
	return list, err
}

// valueStart skips what may stand between a decoder's offset and the next value.
func valueStart(text string, at int) int {
	for at < len(text)-1 && strings.ContainsRune(" \t\r\n:,", rune(text[at])) {
		at++
	}
	return at
}
