package text_test

import (
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"apisqs-doctor/diagnose/text"
)

// What a shell has redirected in UTF-16 is read as what was written.
func TestUTF8(t *testing.T) {
	const want = "{\"a\": \"é 😀\"}\n"
	encode := func(order binary.AppendByteOrder) string {
		out := order.AppendUint16(nil, 0xfeff)
		for _, u := range utf16.Encode([]rune(want)) {
			out = order.AppendUint16(out, u)
		}
		return string(out)
	}
	for name, in := range map[string]string{"UTF-8": want, "with a mark": "\xef\xbb\xbf" + want, "little endian": encode(binary.LittleEndian), "big endian": encode(binary.BigEndian)} {
		got, err := io.ReadAll(text.UTF8(iotest.OneByteReader(strings.NewReader(in))))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := io.ReadAll(text.UTF8(strings.NewReader("\xff"))); string(got) != "\xff" || err != nil {
		t.Errorf("a byte: %q, %v", got, err)
	}
	if got, err := io.ReadAll(text.UTF8(strings.NewReader("\xff\xfea"))); string(got) != "" || err != nil {
		t.Errorf("half a unit: %q, %v", got, err)
	}
}
