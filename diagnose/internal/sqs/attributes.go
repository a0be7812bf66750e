package sqs

import (
	"encoding/base64"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Attribute is one message attribute.
type Attribute struct {
	Name        string
	DataType    string // "String", "Number" or "Binary", with an optional ".label"
	StringValue string
	BinaryValue []byte // decoded
	HasString   bool
	HasBinary   bool
	BadBase64   bool   // BinaryValue could not be decoded
	Prefix      string // how the request names it: "MessageAttribute.1" or "MessageAttributes.name"
}

// BaseType is the data type without its label.
func (a *Attribute) BaseType() string {
	base, _, _ := strings.Cut(a.DataType, ".")
	return base
}

// attributeGroup collects numbered attributes of the query protocol.
type attributeGroup struct {
	byNumber map[int]int
	list     []numberedAttribute
}

type numberedAttribute struct {
	n int
	Attribute
	hasName, hasType bool
}

// take reads "1.Name", "1.Value.DataType", "1.Value.StringValue" and so on.
func (g *attributeGroup) take(name, value string) {
	n, field, ok := cutNumber(name)
	if !ok {
		return
	}
	i, ok := g.byNumber[n]
	if !ok {
		if g.byNumber == nil {
			g.byNumber = map[int]int{}
		}
		i = len(g.list)
		g.byNumber[n] = i
		g.list = append(g.list, numberedAttribute{n: n})
	}
	a := &g.list[i]
	switch field {
	case "Name":
		set(&a.Name, &a.hasName, value)
	case "Value.DataType":
		set(&a.DataType, &a.hasType, value)
	case "Value.StringValue":
		set(&a.StringValue, &a.HasString, value)
	case "Value.BinaryValue":
		if !a.HasBinary {
			a.setBinary(value)
		}
	}
}

func (a *Attribute) setBinary(text string) {
	data, err := base64.StdEncoding.DecodeString(text)
	a.BinaryValue, a.HasBinary, a.BadBase64 = data, true, err != nil
}

func (g *attributeGroup) sorted(prefix string) []Attribute {
	if len(g.list) == 0 {
		return nil
	}
	sort.SliceStable(g.list, func(i, j int) bool { return g.list[i].n < g.list[j].n })
	out := make([]Attribute, len(g.list))
	for i := range g.list {
		out[i] = g.list[i].Attribute
		out[i].Prefix = prefix + itoa(g.list[i].n)
	}
	return out
}

func jsonAttributes(v *Value, member, prefix string) []Attribute {
	m, ok := v.Get(member)
	if !ok || len(m.Members) == 0 {
		return nil
	}
	place := make(map[string]int, len(m.Members))
	var out []Attribute
	for i := range m.Members {
		name, val := m.Members[i].Name, &m.Members[i].Value
		a := Attribute{Name: name, Prefix: prefix + member + "." + name}
		if t, ok := val.Get("DataType"); ok && t.Kind == KindString {
			a.DataType = t.Text
		}
		if s, ok := val.Get("StringValue"); ok && s.Kind == KindString {
			a.StringValue, a.HasString = s.Text, true
		}
		if b, ok := val.Get("BinaryValue"); ok && b.Kind == KindString {
			a.setBinary(b.Text)
		}
		if at, twice := place[name]; twice {
			out[at] = a // as for all members, the last one counts
			continue
		}
		place[name] = len(out)
		out = append(out, a)
	}
	return out
}

const maxAttributes = 10 // SQS quota

// checkAttributes refuses what SQS refuses of message attributes. Wordings that are
// recorded: an empty string (T22). The others are known from code or documentation.
func (c *Call) checkAttributes(m *Message) *Answer {
	if n := len(m.Attributes); n > maxAttributes {
		a := c.invalid(AttributeInvalid, m.Prefix+"MessageAttribute", "Number of message attributes ["+itoa(n)+"] exceeds the allowed maximum ["+itoa(maxAttributes)+"].")
		a.Unverified = "the wording"
		return a
	}
	for i := range m.Attributes {
		if bad := c.checkAttribute(&m.Attributes[i], m.Attributes[:i]); bad != nil {
			return bad
		}
	}
	for i := range m.SystemAttributes {
		a := &m.SystemAttributes[i]
		// The service model knows one system attribute that a sender may set.
		if a.Name != "AWSTraceHeader" || a.BaseType() != "String" || a.StringValue == "" {
			bad := c.invalid(AttributeInvalid, a.Prefix, "Message (system) attribute '"+a.Name+"' is not valid: only AWSTraceHeader with a non-empty value of type 'String' is supported.")
			bad.Unverified = "the code and the wording"
			return bad
		}
	}
	return nil
}

func (c *Call) checkAttribute(a *Attribute, before []Attribute) *Answer {
	bad := func(field, message string, certain bool) *Answer {
		out := c.invalid(AttributeInvalid, a.Prefix+field, message)
		if !certain {
			out.Unverified = "the wording"
		}
		return out
	}
	user := "Message (user) attribute '" + a.Name + "' "
	for i := range before {
		if before[i].Name == a.Name {
			return bad(".Name", "Message (user) attribute name '"+a.Name+"' already exists.", false)
		}
	}
	if a.Name == "" {
		return bad(".Name", "Message (user) attribute name must not be empty.", false).
			orElse("a missing Name may count as a missing parameter", CodeMissingParameter)
	}
	if why := badAttributeName(a.Name); why != "" {
		return bad(".Name", why, false)
	}
	if a.DataType == "" {
		out := bad(".Value.DataType", user+"must contain a non-empty attribute type. Missing required parameter DataType", false)
		return out.orElse("a missing DataType may count as a missing parameter", CodeMissingParameter)
	}
	if len(a.DataType) > 256 {
		return bad(".Value.DataType", "Message (user) attribute types must be shorter than 256 Bytes", false)
	}
	switch a.BaseType() {
	case "String", "Number":
		base := a.BaseType()
		if a.HasBinary && !a.HasString {
			return bad(".Value.BinaryValue", user+"with type '"+a.DataType+"' must use field 'String'.", false)
		}
		if a.StringValue == "" {
			// T22: as for a header that the client did not send. Recorded for String.
			return bad(".Value.StringValue", user+"must contain a non-empty value of type '"+base+"'.", base == "String")
		}
		if !validText(a.StringValue) {
			return bad(".Value.StringValue", invalidCharacters, true)
		}
		if base == "Number" && !isNumber(a.StringValue) {
			return bad(".Value.StringValue", "Can't cast the value of message (user) attribute '"+a.Name+"' to a number.", false)
		}
	case "Binary":
		if a.HasString && !a.HasBinary {
			return bad(".Value.StringValue", user+"with type '"+a.DataType+"' must use field 'Binary'.", false)
		}
		if a.BadBase64 {
			out := bad(".Value.BinaryValue", user+"has a value that is not base64.", false)
			return out.orElse("how SQS refuses malformed base64", CodeSerialization)
		}
		if len(a.BinaryValue) == 0 {
			return bad(".Value.BinaryValue", user+"must contain a non-empty value of type 'Binary'.", false)
		}
	default:
		return bad(".Value.DataType", "The message attribute '"+a.Name+"' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", false)
	}
	return nil
}

// badAttributeName says what is wrong with an attribute's name, or "" (T23; that
// periods must not follow each other is documented).
func badAttributeName(name string) string {
	lower := strings.ToLower(name)
	switch {
	case len(name) > 256:
		return "Message (user) attribute names must be shorter than 256 Bytes"
	case strings.HasPrefix(lower, "aws.") || strings.HasPrefix(lower, "amazon."):
		return "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use."
	case name[0] == '.' || name[len(name)-1] == '.' || strings.Contains(name, ".."):
		return "You can't use message attribute names that begin or end with a period or have periods in succession."
	}
	for _, r := range name {
		if r != '_' && r != '-' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return "Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. "
		}
	}
	return ""
}

func isNumber(s string) bool {
	if strings.ContainsAny(s, "xX_pP") {
		return false // Go's other notations of numbers
	}
	_, err := strconv.ParseFloat(s, 64)
	// What overflows is still written as a number: SQS allows up to 1e126 and 38 digits.
	return err == nil && !strings.ContainsAny(s, "nN")
}

// validRune tells the characters that SQS takes: #x9 #xA #xD #x20-#xD7FF
// #xE000-#xFFFD #x10000-#x10FFFF (T24).
func validRune(r rune) bool {
	return r >= 0x20 && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// plain8 reports whether eight bytes are all ASCII from the blank upwards: none
// has the top bit, and taking a blank from each borrows nothing.
func plain8(s string) bool {
	const ones = 0x0101010101010101
	w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	return (w|(w-' '*ones))&(0x80*ones) == 0
}

func validText(s string) bool {
	for i := 0; i < len(s); {
		if i+8 <= len(s) && plain8(s[i:i+8]) {
			i += 8
			continue
		}
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !validRune(r) {
			return false
		}
		i += n
	}
	return true
}
