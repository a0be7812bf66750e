package text

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf16"
)

// UTF8 reads a file as UTF-8: what a shell has redirected as UTF-16, as Windows
// PowerShell does, is converted, and a byte order mark is left out. UTF-16 is read
// whole at once.
func UTF8(r io.Reader) io.Reader {
	in := bufio.NewReader(r)
	head, _ := in.Peek(3)
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, _ = in.Discard(3)
		return in
	default:
		return in
	}
	_, _ = in.Discard(2)
	return &converted{in: in, order: order}
}

// converted is UTF-16 as UTF-8.
type converted struct {
	in    io.Reader
	order binary.ByteOrder
	out   *bytes.Reader
}

// Read implements io.Reader.
func (c *converted) Read(p []byte) (int, error) {
	if c.out == nil {
		data, err := io.ReadAll(c.in)
		if err != nil {
			return 0, err
		}
		units := make([]uint16, len(data)/2)
		for i := range units {
			units[i] = c.order.Uint16(data[2*i:])
		}
		c.out = bytes.NewReader([]byte(string(utf16.Decode(units))))
	}
	return c.out.Read(p)
}
