package explain

import (
	"slices"
	"strings"
	"unicode"

	"apisqs-doctor/diagnose/walk"
)

// text is what there is to be read in an error text.
type text struct {
	plain string // lower case, one blank between words, quoting undone
	codes []walk.ErrorCode
}

// unquote undoes what shells, JSON, XML and logs do to a text that they carry.
var unquote = strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\n`, " ", `\t`, " ", `\r`, " ", `\/`, "/",
	`\u003c`, "<", `\u003e`, ">", `\u0026`, "&", `\u0027`, "'", `\u003C`, "<", `\u003E`, ">",
	"&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&#39;", "'", "&#x27;", "'", "&amp;", "&", "’", "'")

func read(s string) text {
	if len(s) > MaxText {
		s = s[:MaxText]
	}
	// Twice, since a log line in JSON carries an answer in JSON.
	s = unquote.Replace(unquote.Replace(strings.ToValidUTF8(s, "\ufffd")))
	t := text{plain: strings.ToLower(strings.Join(strings.FieldsFunc(s, isSpace), " "))}
	words := strings.FieldsFunc(s, func(r rune) bool { return !isName(r) })
	for i, w := range words {
		w = strings.Trim(w, "._")
		code, ok := codeOf(w)
		if !ok && i == len(words)-1 {
			code, ok = cutOff(w)
		}
		if ok && !slices.Contains(t.codes, code) && len(t.codes) < most {
			t.codes = append(t.codes, code)
		}
	}
	return t
}

// isSpace tells what only parts words: white space, and the frames and tables that
// Terraform and SAM draw around texts.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r == '|' || r >= '\u2500' && r <= '\u257f'
}

func isName(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_'
}

// others are codes that SQS does not use, by API Gateway, IAM and KMS.
var others = []walk.ErrorCode{
	walk.MissingAuthenticationToken, walk.Forbidden, walk.Unauthorized, walk.BadRequest, walk.UnsupportedMediaType,
	walk.InternalServerError, walk.NotFound, walk.IntegrationFailure, walk.MalformedPolicy, walk.InvalidInput, walk.ModelValidation,
	walk.TooManyRequests, walk.LimitExceeded, walk.RequestTooLarge, walk.MessageTooBig,
	"ConflictException", "AlreadyExistsException", "InvalidSecurity", "IncompleteSignature", "IncompleteSignatureException",
}

// synonyms are what services and SDKs call an error besides.
var synonyms = map[string]walk.ErrorCode{
	"MissingAuthenticationToken":       walk.MissingAuthenticationToken,
	"KMSInvalidStateException":         walk.KMSInvalidState,
	"NonExistentQueue":                 walk.NonExistentQueue,
	"NonExistentQueueException":        walk.NonExistentQueue,
	"QueueDoesNotExistException":       walk.NonExistentQueue,
	"KmsAccessDeniedException":         walk.KMSAccessDenied,
	"KmsDisabledException":             walk.KMSDisabled,
	"KmsInvalidStateException":         walk.KMSInvalidState,
	"KmsNotFoundException":             walk.KMSNotFound,
	"InvalidAddressException":          walk.InvalidAddress,
	"MalformedPolicyDocumentException": walk.MalformedPolicy,
	"InvalidMessageContentsException":  walk.InvalidContents,
}

// codeOf tells whether a word is an error code.
func codeOf(w string) (walk.ErrorCode, bool) {
	if len(w) < 8 {
		return "", false
	}
	if code, ok := synonyms[w]; ok {
		return code, true
	}
	if slices.Contains(others, walk.ErrorCode(w)) {
		return walk.ErrorCode(w), true
	}
	if names, ok := walk.LookupCode(w); ok {
		return names.Code, true
	}
	if i := strings.LastIndexByte(w, '.'); i >= 0 { // the name of a class, such as com.amazon.coral.service.X
		return codeOf(w[i+1:])
	}
	return "", false
}

// cutOff finds the code that a text ends in the middle of, if there is just one.
func cutOff(w string) (walk.ErrorCode, bool) {
	const enough = 10 // characters, so that no English word is taken for a code
	if len(w) < enough {
		return "", false
	}
	var found walk.ErrorCode
	note := func(name string, code walk.ErrorCode) bool {
		if strings.HasPrefix(name, w) {
			if found != "" && found != code {
				return false
			}
			found = code
		}
		return true
	}
	for _, c := range walk.CodesOfSQS() {
		if !note(string(c.Code), c.Code) || !note(c.JSONType, c.Code) {
			return "", false
		}
	}
	for _, c := range others {
		if !note(string(c), c) {
			return "", false
		}
	}
	return found, found != ""
}

// pattern is a way in which errors are told.
type pattern struct {
	code   walk.ErrorCode // that the text has to name; empty for none
	all    []string       // that all have to stand in the text, in lower case
	none   []string       // that may not
	weight int
	causes []string // the likeliest first
}

// The weights. What says exactly what is missing comes before a code, a code
// before what an error has led to, and that before what any fault can lead to.
const (
	exact   = 9
	precise = 8
	named   = 7
	follows = 5
	vague   = 2
)

// match tells whether the pattern fits, and the words that say so.
func (p *pattern) match(t text) (seen string, ok bool) {
	if p.code != "" && !slices.Contains(t.codes, p.code) {
		return "", false
	}
	for _, s := range p.all {
		if !strings.Contains(t.plain, s) {
			return "", false
		}
	}
	for _, s := range p.none {
		if strings.Contains(t.plain, s) {
			return "", false
		}
	}
	if len(p.all) > 0 {
		return p.all[len(p.all)-1], true
	}
	return string(p.code), true
}
