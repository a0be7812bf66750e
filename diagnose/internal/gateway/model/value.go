package model

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// typeNames are the types of JSON, in the order in which a refusal lists them.
var typeNames = []string{"null", "boolean", "number", "integer", "string", "array", "object"}

func typeOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

// mostDigits bounds the exponent of a number: what is beyond is as large or as small
// as no limit of a model, and would take gigabytes to write down.
const mostDigits = 1000

// rational is the value of a number.
func rational(n json.Number) *big.Rat {
	text := strings.ToLower(string(n))
	if mantissa, exponent, ok := strings.Cut(text, "e"); ok {
		if e, err := strconv.Atoi(exponent); err != nil || e > mostDigits || e < -mostDigits {
			sign := ""
			if strings.HasPrefix(exponent, "-") {
				sign = "-"
			}
			text = mantissa + "e" + sign + strconv.Itoa(mostDigits)
		}
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return new(big.Rat)
	}
	return value
}

// canonical is a text that two values share when JSON Schema holds them to be equal.
func canonical(value any) string {
	switch v := value.(type) {
	case json.Number:
		return rational(v).RatString()
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = canonical(part)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, strconv.Quote(name)+":"+canonical(v[name]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case string:
		return strconv.Quote(v)
	case bool:
		return strconv.FormatBool(v)
	}
	return "null"
}
