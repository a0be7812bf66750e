// Package text holds the small grounds that several rooms stand on: the partitions
// and regions of AWS, and how near two names are. It needs the standard library only.
package text
