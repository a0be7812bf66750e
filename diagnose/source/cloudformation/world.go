package cloudformation

import (
	"fmt"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// Limits that keep a hostile file from taking memory or time.
const (
	maxSteps     = 1_500_000 // nodes resolved, of all templates together
	maxText      = 4 << 20   // bytes of one text
	maxTexts     = 96 << 20  // bytes of all texts that functions make
	maxRecursion = 4_000     // references through references
	maxSymbols   = 2_000
)

// world is everything that one call of Load resolves: the stacks, the symbols
// they share and the budget they have.
type world struct {
	options Options
	apart   bool // what is read is no template: nothing deploys it as a stack

	documents map[string]*tree.Document // by name, to read an included file once
	mentions  [][]string                // what each document holds that could be taken for a symbol
	stacks    []*stack
	exports   map[string]export // nil until an import asks for it
	symbols   symbols
	refusals  []snapshot.Refusal
	refused   map[refusalKey]bool
	unread    []passedOver
	assumed   []snapshot.Assumption

	regionFrom snapshot.Origin // what a stack's own region was taken from when it was asked for; zero when it was given
	warned     map[string]bool
	assets     map[string]map[string]string // local files of S3 objects, by folder and name
	makers     map[string]bool              // who writes the templates that are not nested; "" for people

	steps, bytes, recursion int
	err                     error // the first one ends the work
}

// refusalKey is what a refusal is recorded once for.
type refusalKey struct {
	message, file string
	line          int
}

func newWorld(o Options) *world {
	w := &world{options: o, documents: map[string]*tree.Document{}, warned: map[string]bool{}, assets: map[string]map[string]string{}, makers: map[string]bool{}, refused: map[refusalKey]bool{}}
	w.symbols.byExpression = map[string]*tree.Value{}
	return w
}

func (w *world) fail(at tree.Place, problem, expected string) {
	if w.err == nil {
		w.err = at.Fail(problem, expected)
	}
}

// spend counts one step and tells whether the work may go on.
func (w *world) spend(at tree.Place) bool {
	if w.err != nil {
		return false
	}
	if w.steps++; w.steps > maxSteps {
		w.fail(at, fmt.Sprintf("resolving takes more than %d steps", maxSteps), "a template without values that multiply each other")
		return false
	}
	return true
}

// made charges text that a function made.
func (w *world) made(at tree.Place, length int) bool {
	w.bytes += length
	if length > maxText || w.bytes > maxTexts {
		w.fail(at, "the texts that functions make grow without measure", "a template without values that multiply each other")
	}
	return w.err == nil
}

// warn tells the user once about something that is no fault of the configuration.
func (w *world) warn(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if w.options.Warn == nil || w.warned[message] {
		return
	}
	w.warned[message] = true
	w.options.Warn(message)
}

// refuse records that CloudFormation or a transform rejects the template, once
// for a line.
func (w *world) refuse(code, message string, origin snapshot.Origin) {
	key := refusalKey{message, origin.File, origin.Line}
	if !w.refused[key] {
		w.refused[key] = true
		w.refusals = append(w.refusals, snapshot.Refusal{Code: code, Message: message, Origin: origin})
	}
}

// passedOver is a part of the input that is not read.
type passedOver struct {
	snapshot.Unread
	root *stack // whose APIs it may change; nil when it changes none
}

// pass records a part of the input that is not read and changes no API.
func (w *world) pass(at tree.Place, format string, args ...any) {
	w.unread = append(w.unread, passedOver{Unread: snapshot.Unread{What: fmt.Sprintf(format, args...), Origin: at.Origin()}})
}

// hide records a part of the input that may change anything in the stack, or add
// to it, and is not read.
func (s *stack) hide(at tree.Place, format string, args ...any) {
	s.macros = true
	s.doubt(at, format, args...)
}

// doubt records a part of the input that may change what is deployed, adds nothing to
// the template, and is not read.
func (s *stack) doubt(at tree.Place, format string, args ...any) {
	s.world.unread = append(s.world.unread, passedOver{snapshot.Unread{What: fmt.Sprintf(format, args...), Origin: at.Origin(), Decides: true}, s.root})
}

// include reads a file that a template names, once.
func (w *world) include(name string) (*tree.Document, error) {
	if doc, ok := w.documents[name]; ok {
		return doc, nil
	}
	if len(w.documents) >= maxTemplates {
		return nil, &tree.Error{File: name, Problem: fmt.Sprintf("more than %d files belong together", maxTemplates)}
	}
	if err := w.options.Within.Check(name); err != nil {
		return nil, err
	}
	doc, err := language.Read(name, nil)
	if err != nil {
		return nil, err
	}
	w.know(doc)
	return doc, nil
}

// know takes a document among those that belong together.
func (w *world) know(doc *tree.Document) {
	w.documents[doc.Name] = doc
	w.mentions = append(w.mentions, mentionsOf(doc.Text))
}
