package model

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"apisqs-doctor/diagnose/text/lazy"
)

// formats are those of draft 4, and four in common use beside them. A format that is
// not known asserts nothing.
var formats = map[string]func(string) bool{
	"date-time": isDateTime, "email": isEmail, "hostname": isHostname, "ipv4": isIPv4, "ipv6": isIPv6, "uri": isURI,
	"date": isDate, "time": isTime, "uuid": isUUID, "regex": isRegex,
}

var (
	clock     = lazy.Regexp(`^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[zZ]|([+-])(\d\d):(\d\d))$`)
	hostLabel = lazy.Regexp(`^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$`)
	mailbox   = lazy.Regexp("^(?:[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*|\"[^\"\\\\]*\")?$")
	uuid      = lazy.Regexp(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

func isDateTime(s string) bool {
	return len(s) >= 20 && (s[10] == 'T' || s[10] == 't') && isDate(s[:10]) && isTime(s[11:])
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// isTime knows leap seconds, which are in the last minute of a day by Greenwich.
func isTime(s string) bool {
	m := clock.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	n := func(i int) int { value, _ := strconv.Atoi(m[i]); return value }
	hour, minute, second, away := n(1), n(2), n(3), n(5)*60+n(6)
	if m[4] == "+" {
		away = -away
	}
	day := 24 * 60
	leap := (hour*60+minute+away+day)%day == day-1
	return hour < 24 && minute < 60 && n(5) < 24 && n(6) < 60 && (second < 60 || second == 60 && leap)
}

func isIPv4(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is4()
}

func isIPv6(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6() && a.Zone() == ""
}

func isHostname(s string) bool {
	s = strings.TrimSuffix(s, ".")
	for label := range strings.SplitSeq(s, ".") {
		if !hostLabel.MatchString(label) {
			return false
		}
	}
	return len(s) <= 253
}

func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 0 || at > 64 || len(s) > 254 || !mailbox.MatchString(s[:at]) {
		return false
	}
	address, bracketed := strings.CutPrefix(s[at+1:], "[")
	address, closed := strings.CutSuffix(address, "]")
	if !bracketed || !closed {
		return isHostname(s[at+1:])
	}
	if six, ok := strings.CutPrefix(address, "IPv6:"); ok {
		return isIPv6(six)
	}
	return isIPv4(address)
}

func isURI(s string) bool {
	u, err := url.Parse(s)
	if err != nil || !u.IsAbs() {
		return false
	}
	host := u.Hostname()
	return !strings.Contains(host, ":") || strings.HasPrefix(u.Host, "[") && isIPv6(host)
}

func isUUID(s string) bool { return uuid.MatchString(s) }

func isRegex(s string) bool {
	_, err := regexp.Compile(s)
	return err == nil
}
