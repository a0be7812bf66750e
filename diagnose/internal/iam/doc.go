// Package iam reads AWS policies and decides, in three values, whether one
// request is allowed: the way from API Gateway's sts:AssumeRole over the role
// session's call to Amazon SQS to the key that SQS uses for that session.
//
// [Parse] compiles a policy text once, [Evaluate] answers one [Request] against
// the [Inputs] that bear on it, and [Policy.Validate] says what AWS would refuse
// to store or what can never match. The answer is Yes, No or Unknown: a policy
// that could not be read, a context key that cannot be foreseen or a string that
// a template leaves open makes the answer Unknown unless it cannot matter.
//
// Comments of the form "fact 7" name the numbered list of documented and
// observed IAM behaviour that the evaluation rests on:
//
//	1-10   order and combination of policy types
//	11-16  what a resource policy's Allow does against implicit denies elsewhere
//	17-24  principals
//	25-34  actions, resources, policy variables
//	35-44  conditions
//	45-48  which context keys a call carries
//	49-54  trust policies
//	55-58  queue policies
//	59-70  keys, key policies, grants
//	71-77  error texts
//	84     points that no source settles
package iam
