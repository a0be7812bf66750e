package tui

import (
	"reflect"
	"testing"

	"github.com/charmbracelet/bubbles/key"
)

// The help lists every key there is, but for those that only rename another.
func TestHelpListsEveryKey(t *testing.T) {
	k := newKeys()
	listed := map[string]bool{}
	for _, c := range k.chapters() {
		for _, b := range c.keys {
			for _, name := range b.Keys() {
				listed[name] = true
			}
		}
	}
	v := reflect.ValueOf(k)
	for i := range v.NumField() {
		for _, name := range v.Field(i).Field(0).Seq2() { // the keys of a binding
			if !listed[name.String()] {
				t.Errorf("%s of %s is not in the help", name, v.Type().Field(i).Name)
			}
		}
	}
}

// No key of the walk means two things.
func TestKeysOfTheWalkAreDistinct(t *testing.T) {
	k := newKeys()
	seen := map[string]string{}
	for _, b := range []key.Binding{k.up, k.down, k.pageUp, k.pageDown, k.top, k.bottom, k.stage, k.pane, k.open, k.back, k.finding, k.previous, k.other,
		k.notation, k.copy, k.try, k.plan, k.apply, k.edit, k.save, k.page, k.search, k.help, k.quit, k.again} {
		for _, name := range b.Keys() {
			if other, ok := seen[name]; ok {
				t.Errorf("%q means %q and %q", name, b.Help().Desc, other)
			}
			seen[name] = b.Help().Desc
		}
	}
}
