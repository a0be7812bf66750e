// Package assemble puts an API together from the resources that describe it: an
// API, its methods, integrations, deployments and stages, with the roles, queues
// and keys that calls meet.
//
// A source reads one way of writing resources down and fills in Parts: each
// resource with its own values, and with references to others as they are
// written (ids, names, ARNs, URLs). What belongs to what is found here, and
// nowhere else; so are the defaults that AWS fills in.
package assemble
