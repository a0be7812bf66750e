package vtl

import (
	"slices"
	"strings"
)

// Protocol is what a template's text is for.
type Protocol uint8

// Protocols of SQS.
const (
	Form Protocol = iota // the query protocol: a form
	JSON                 // the JSON protocol: an object
)

// Harm is what a client's data does to the call that a template makes.
type Harm uint8

// Harms, from none to the worst.
const (
	NoHarm   Harm = iota
	Altered       // the data arrives as another text
	Broken        // SQS cannot read the call
	Cut           // what follows a character of the data is lost
	Injected      // the data sets a parameter or a member
)

// String says it in words.
func (h Harm) String() string {
	return [...]string{"no harm", "the message arrives altered", "SQS cannot read the call", "the message is cut", "the client sets a parameter of SQS"}[min(h, Injected)]
}

// Context is the place of a piece of data in the text that a template makes.
type Context uint8

// Contexts of data.
const (
	Outside       Context = iota // before any name, in an override, or not known
	FormName                     // in the name of a parameter
	FormValue                    // in its value
	JSONString                   // inside quotes
	JSONStructure                // where a JSON value, a name or punctuation stands
)

// String is the context in words.
func (c Context) String() string {
	return [...]string{"outside", "form name", "form value", "JSON string", "JSON structure"}[min(c, JSONStructure)]
}

// lexed is how far a text has been read by SQS: one of a small number of
// states, so that many texts can be read at once.
type lexed struct {
	mode  lexMode
	stack string     // of JSON: the open brackets
	text  bool       // of JSON: a value of the document itself that must be a string comes next
	key   string     // of JSON: the name of a member of the document itself
	hex   uint8      // digits that a percent sign or \u still needs
	blame *reference // what printed the data that led here in a doubtful way
}

type lexMode uint8

const (
	formStart  lexMode = iota // before a name
	formName                  // in a name
	formValue                 // in a value
	jsonValue                 // a value comes next
	jsonFirst                 // a value or a closing bracket comes next
	jsonKey                   // a name comes next
	jsonMember                // a name or a closing brace comes next
	jsonInKey                 // in the quotes of a name
	jsonInText                // in the quotes of a value
	jsonKeyEsc                // behind a backslash there
	jsonTextEsc
	jsonColon // a colon comes next
	jsonBare  // in a number or a word
	jsonAfter // behind a value
	jsonEnd   // behind the document
	lexBroken // not readable
)

func (p Protocol) start() lexed {
	if p == JSON {
		return lexed{mode: jsonValue}
	}
	return lexed{}
}

// context is where data would stand.
func (s lexed) context() Context {
	switch s.mode {
	case formStart, formName:
		return FormName
	case formValue:
		return FormValue
	case jsonInKey, jsonInText, jsonKeyEsc, jsonTextEsc:
		return JSONString
	case lexBroken:
		return Outside
	}
	return JSONStructure
}

// stringMembers are the members of a request that SQS takes only as strings.
var stringMembers = map[string]bool{"QueueUrl": true, "MessageBody": true, "MessageGroupId": true, "MessageDeduplicationId": true, "QueueName": true}

// read reads on by a text.
func (s lexed) read(text string) lexed {
	for i := 0; i < len(text); i++ {
		s = s.next(text[i])
		if s.mode == lexBroken {
			break
		}
	}
	return s
}

func (s lexed) next(c byte) lexed {
	if s.mode <= formValue {
		return s.nextForm(c)
	}
	blank := isSpace(c)
	switch s.mode {
	case jsonInKey, jsonInText:
		return s.nextInString(c)
	case jsonKeyEsc, jsonTextEsc:
		switch {
		case s.hex > 0 && isHex(c):
			if s.hex--; s.hex == 0 {
				s.mode -= jsonKeyEsc - jsonInKey
			}
		case s.hex > 0:
			s.mode = lexBroken
		case c == 'u':
			s.hex = 4
		case c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't':
			s.mode -= jsonKeyEsc - jsonInKey
		default:
			s.mode = lexBroken
		}
		return s
	case jsonBare:
		if isLetter(c) || isDigit(c) || c == '+' || c == '-' || c == '.' {
			return s
		}
		s.mode = jsonAfter
		return s.next(c)
	}
	if blank {
		return s
	}
	switch s.mode {
	case jsonValue, jsonFirst:
		switch {
		case c == ']' && s.mode == jsonFirst:
			return s.pop('[')
		case c == '"':
			s.mode, s.text, s.blame = jsonInText, false, nil
		case s.text:
			s.mode = lexBroken // SQS wants a string
		case c == '{':
			s.stack += "{"
			s.mode, s.blame = jsonMember, nil
		case c == '[':
			s.stack += "["
			s.mode, s.blame = jsonFirst, nil
		case c == '-' || isDigit(c) || c == 't' || c == 'f' || c == 'n':
			s.mode, s.blame = jsonBare, nil
		default:
			s.mode = lexBroken
		}
	case jsonKey, jsonMember:
		switch {
		case c == '}' && s.mode == jsonMember:
			return s.pop('{')
		case c == '"':
			s.mode, s.key = jsonInKey, ""
		default:
			s.mode = lexBroken
		}
	case jsonColon:
		if c != ':' {
			s.mode = lexBroken
			return s
		}
		s.mode = jsonValue
		s.text = s.stack == "{" && stringMembers[s.key]
	case jsonAfter:
		switch {
		case c == ',' && s.stack != "":
			s.mode = jsonValue
			if s.stack[len(s.stack)-1] == '{' {
				s.mode = jsonKey
			}
		case c == '}':
			return s.pop('{')
		case c == ']':
			return s.pop('[')
		default:
			s.mode = lexBroken
		}
	default:
		s.mode = lexBroken
	}
	return s
}

func (s lexed) nextForm(c byte) lexed {
	switch {
	case c == '&':
		s.mode, s.hex = formStart, 0
	case s.mode == formStart && c != '=', s.mode == formName && c != '=':
		s.mode = formName
	case s.mode == formValue && c == '%':
		s.hex = 2
	case s.mode == formValue && s.hex > 0 && isHex(c):
		s.hex--
	default:
		s.mode, s.hex = formValue, 0
	}
	return s
}

func (s lexed) nextInString(c byte) lexed {
	switch {
	case c == '"' && s.mode == jsonInKey:
		s.mode = jsonColon
	case c == '"':
		s = s.value()
	case c == '\\':
		s.mode += jsonKeyEsc - jsonInKey
	case c < ' ':
		s.mode = lexBroken
	case s.mode == jsonInKey && s.stack == "{":
		s.key += string(c)
	}
	return s
}

// value is the state behind a value.
func (s lexed) value() lexed {
	s.mode, s.text, s.blame = jsonAfter, false, nil
	if s.stack == "" {
		s.mode = jsonEnd
	}
	return s
}

func (s lexed) pop(open byte) lexed {
	n := len(s.stack) - 1
	if n < 0 || s.stack[n] != open {
		s.mode = lexBroken
		return s
	}
	s.stack = s.stack[:n]
	return s.value()
}

// complete tells whether a text may end here.
func (s lexed) complete() bool {
	return s.mode <= formValue && s.hex == 0 || s.mode == jsonEnd || s.mode == jsonBare && s.stack == ""
}

// Harm is the worst that the client's data does to this text, read as SQS reads
// it. It needs the spans of the rendering.
func (o *Output) Harm(p Protocol) Harm {
	if p == Form {
		return o.formHarm()
	}
	return o.jsonHarm()
}

// fromClient tells whether the caller chooses the text of a span, or a part.
func (s *Span) fromClient() bool {
	if s.Origin == OriginClient {
		return true
	}
	return slices.ContainsFunc(s.Source, func(source string) bool {
		return clientContext[source] || !strings.HasPrefix(source, "context:") && !strings.HasPrefix(source, "stageVariable:")
	})
}

// clientContext are the members of $context whose text the client chooses.
var clientContext = map[string]bool{"context:identity.userAgent": true, "context:path": true}

func (o *Output) formHarm() Harm {
	worst, state := NoHarm, Form.start()
	for i := range o.Spans {
		span := &o.Spans[i]
		text := o.Text[span.Start:span.End]
		if !span.fromClient() {
			state = state.read(text)
			continue
		}
		if state.mode != formValue {
			worst = max(worst, Injected)
		}
		if span.URLEncoded > 0 {
			state = state.read(text)
			continue
		}
		for k := 0; k < len(text); k++ {
			switch c := text[k]; {
			case c == '&' && k+1 < len(text) && text[k+1] != '&' && text[k+1] != '=' && indexFrom(text, k+1, '=') >= 0:
				worst = max(worst, Injected)
			case c == '&':
				worst = max(worst, Cut)
			case c == '+':
				worst = max(worst, Altered)
			case c == '%' && k+2 < len(text) && isHex(text[k+1]) && isHex(text[k+2]):
				worst = max(worst, Altered)
			case c == '%':
				worst = max(worst, Broken)
			}
			state = state.nextForm(text[k])
		}
	}
	return worst
}

// indexFrom finds a byte before the next ampersand.
func indexFrom(text string, at int, c byte) int {
	for ; at < len(text) && text[at] != '&'; at++ {
		if text[at] == c {
			return at
		}
	}
	return -1
}

func (o *Output) jsonHarm() Harm {
	worst, state := NoHarm, JSON.start()
	for i := range o.Spans {
		span := &o.Spans[i]
		text := o.Text[span.Start:span.End]
		client := span.fromClient()
		for k := 0; k < len(text) && state.mode != lexBroken; k++ {
			c := text[k]
			if client && state.stack == "" && state.mode == jsonValue && !isSpace(c) {
				worst = max(worst, Injected) // the document is the client's
			}
			if client && !span.JSON {
				switch context := state.context(); {
				case context == JSONString && c == '"' && state.mode <= jsonInText:
					worst = max(worst, Cut)
				case context == JSONString && c == '\\' && span.JSONEscaped == 0 && state.mode <= jsonInText:
					worst = max(worst, Altered)
				case context == JSONStructure && (c == ',' || c == ':' || c == '{' || c == '}'):
					worst = max(worst, Injected)
				}
			}
			state = state.next(c)
		}
	}
	if state.mode == jsonBare {
		state.mode = jsonAfter
	}
	if !state.complete() && state.mode != jsonAfter {
		worst = max(worst, Broken)
	}
	return worst
}
