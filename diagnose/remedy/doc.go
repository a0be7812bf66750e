// Package remedy says a fix in the languages that people repair an integration
// with: AWS CLI commands, CloudFormation and Terraform, and, for a template, an
// edit of the user's own file.
//
// Every change renders in every dialect, or gives an error that says in a
// sentence why it cannot.
package remedy
