// Package facts is the record of what AWS does, on which the doctor rests: one
// Markdown file a kind, each entry with its number, how sure it is, and its
// source. It holds no code but the test that each number cited has an entry.
package facts
