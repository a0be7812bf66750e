// Package apply carries fixes out on a deployed API through the AWS SDK, and
// takes them back.
//
// A plan is a list of cells: single values of the configuration with what they
// are and what they are to be. Before anything is written, every cell is read
// again and compared with what was diagnosed, and a rollback file is saved.
package apply
