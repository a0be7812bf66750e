// Package terraform reads Terraform and OpenTofu: configuration, plans and
// states. All three become one flat list of resource instances, each with the
// values of its arguments, the place of each value, and what is not known before
// apply. Nothing is run and nothing is fetched.
//
// The configuration is evaluated with the parser, the expressions and the
// functions of HCL and cty. What only AWS knows is a hole: an unknown value with
// a mark that says which one it is. Where a hole meets text (a template, format,
// join, jsonencode), a stand-in takes its place in the text, so that the text
// around it stays known. What takes text apart that has a stand-in in it gives a
// new hole: a text that looks whole is whole.
package terraform
