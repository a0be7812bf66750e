package terraform

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// encodingFunctions are functions that turn one notation of a text into another.
// OpenTofu alone has base64gunzip, urldecode and cidrcontains.
var encodingFunctions = map[string]function.Function{
	"textencodebase64": twoTexts(func(text, charset string) (string, error) {
		e, err := encodingOf(charset)
		if err != nil {
			return "", err
		}
		out, err := e.NewEncoder().String(text)
		return base64.StdEncoding.EncodeToString([]byte(out)), err
	}),
	"textdecodebase64": twoTexts(func(text, charset string) (string, error) {
		e, err := encodingOf(charset)
		if err != nil {
			return "", err
		}
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return "", err
		}
		return e.NewDecoder().String(string(raw))
	}),
	"uuidv5":       twoTexts(uuidV5),
	"base64gunzip": oneText(gunzipped),
	"urldecode":    oneText(url.QueryUnescape),
	"cidrcontains": textTest(func(block, address string) bool {
		prefix, err := netip.ParsePrefix(block)
		if err != nil {
			return false
		}
		if other, err := netip.ParsePrefix(address); err == nil {
			return prefix.Contains(other.Addr()) && prefix.Bits() <= other.Bits()
		}
		a, err := netip.ParseAddr(address)
		return err == nil && prefix.Contains(a)
	}),
}

// oneText is a function of one text that may fail.
func oneText(f func(string) (string, error)) function.Function {
	return ofTexts(cty.String, []string{"text"}, func(texts []string) (cty.Value, error) {
		out, err := f(texts[0])
		return cty.StringVal(out), err
	})
}

// twoTexts is a function of two texts that may fail.
func twoTexts(f func(a, b string) (string, error)) function.Function {
	return ofTexts(cty.String, []string{"text", "by"}, func(texts []string) (cty.Value, error) {
		out, err := f(texts[0], texts[1])
		return cty.StringVal(out), err
	})
}

// digests are the functions that hash a text, and with "file" before their names a
// file.
var digests = map[string]func([]byte) string{
	"md5":          func(b []byte) string { h := md5.Sum(b); return hex.EncodeToString(h[:]) },
	"sha1":         func(b []byte) string { h := sha1.Sum(b); return hex.EncodeToString(h[:]) },
	"sha256":       func(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) },
	"sha512":       func(b []byte) string { h := sha512.Sum512(b); return hex.EncodeToString(h[:]) },
	"base64sha256": func(b []byte) string { h := sha256.Sum256(b); return base64.StdEncoding.EncodeToString(h[:]) },
	"base64sha512": func(b []byte) string { h := sha512.Sum512(b); return base64.StdEncoding.EncodeToString(h[:]) },
}

// encodings are the character sets that people name.
var encodings = map[string]encoding.Encoding{"UTF-8": unicode.UTF8, "UTF-16LE": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"UTF-16BE": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "ISO-8859-1": charmap.ISO8859_1, "WINDOWS-1252": charmap.Windows1252}

func encodingOf(name string) (encoding.Encoding, error) {
	if e := encodings[strings.ToUpper(name)]; e != nil {
		return e, nil
	}
	return nil, fmt.Errorf("the character set %s is not known here", name)
}

// maxUnzipped is the size of the largest text that is unpacked, in bytes.
const maxUnzipped = 1 << 20

func gunzipped(s string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", err
	}
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	out, err := io.ReadAll(io.LimitReader(r, maxUnzipped+1))
	if err == nil && len(out) > maxUnzipped {
		err = fmt.Errorf("it unpacks to more than %d bytes", maxUnzipped)
	}
	return string(out), err
}

// namespaces are the last digits of the first part of the UUIDs of RFC 4122, by name.
var namespaces = map[string]string{"dns": "0", "url": "1", "oid": "2", "x500": "4"}

// uuidV5 is the UUID of a name in a namespace.
func uuidV5(namespace, name string) (string, error) {
	if last, ok := namespaces[namespace]; ok {
		namespace = "6ba7b81" + last + "-9dad-11d1-80b4-00c04fd430c8"
	}
	space, err := hex.DecodeString(strings.ReplaceAll(namespace, "-", ""))
	if err != nil || len(space) != 16 {
		return "", fmt.Errorf("%q is no namespace", namespace)
	}
	sum := sha1.Sum(append(space, name...))
	id := sum[:16]
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]), nil
}
