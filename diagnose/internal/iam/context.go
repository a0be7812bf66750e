package iam

import "slices"

// Context holds the condition keys of one request. It is a closed world: a key
// that was not set is absent. The zero Context has no keys.
type Context struct {
	keys     []contextKey
	prefixes []contextPrefix
}

// presence is whether a key is in the context.
type presence uint8

const (
	absent presence = iota
	present
	maybe // present or absent, for all we know
)

// contextKey is what is known about one key.
type contextKey struct {
	name     string // lower case (fact 37)
	presence presence
	values   []string
	open     bool   // the values are not known
	reason   string // why not all is known
}

// contextPrefix is a family of keys, like aws:PrincipalTag/, none of which can be known.
type contextPrefix struct{ prefix, reason string }

// Set puts a key with its values into the context.
func (c *Context) Set(key string, values ...string) {
	c.put(contextKey{name: lower(key), presence: present, values: values})
}

// SetMaybe says that the key is either absent or has these values.
func (c *Context) SetMaybe(key, reason string, values ...string) {
	c.put(contextKey{name: lower(key), presence: maybe, values: values, reason: reason})
}

// SetPresent says that the key is there with a value that cannot be known.
func (c *Context) SetPresent(key, reason string) {
	c.put(contextKey{name: lower(key), presence: present, open: true, reason: reason})
}

// SetUnknown says that neither presence nor value of the key can be known.
func (c *Context) SetUnknown(key, reason string) {
	c.put(contextKey{name: lower(key), presence: maybe, open: true, reason: reason})
}

// SetAbsent takes the key out, also from under SetUnknownPrefix.
func (c *Context) SetAbsent(key string) {
	c.put(contextKey{name: lower(key), presence: absent})
}

// SetUnknownPrefix says that no key that begins with prefix can be known, apart
// from those that are set one by one.
func (c *Context) SetUnknownPrefix(prefix, reason string) {
	c.prefixes = append(slices.Clip(c.prefixes), contextPrefix{lower(prefix), reason})
}

// Clone returns a copy that can be changed by itself.
func (c Context) Clone() Context {
	return Context{slices.Clone(c.keys), slices.Clone(c.prefixes)}
}

func (c *Context) put(k contextKey) {
	for i := range c.keys {
		if c.keys[i].name == k.name {
			c.keys[i] = k
			return
		}
	}
	c.keys = append(c.keys, k)
}

// Keys lists the names of the keys that are set, in lower case, in the order in
// which they were set.
func (c *Context) Keys() []string {
	names := make([]string, len(c.keys))
	for i := range c.keys {
		names[i] = c.keys[i].name
	}
	return names
}

// noKey is what is known about every key that was not set.
var noKey = contextKey{presence: absent}

// get finds a key by its name in lower case.
func (c *Context) get(name string) contextKey {
	for i := range c.keys {
		if c.keys[i].name == name {
			return c.keys[i]
		}
	}
	best := -1
	for i := range c.prefixes {
		p := c.prefixes[i].prefix
		if len(p) <= len(name) && name[:len(p)] == p && (best < 0 || len(p) > len(c.prefixes[best].prefix)) {
			best = i
		}
	}
	if best < 0 {
		return noKey
	}
	return contextKey{name: name, presence: maybe, open: true, reason: c.prefixes[best].reason}
}
