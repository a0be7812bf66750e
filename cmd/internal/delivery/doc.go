// Package delivery has no code of its own. Its tests try how the program reaches
// its users: the GitHub Action, the pre-commit hook, the archives of a release,
// the container recipe and the workflows that make them.
package delivery
