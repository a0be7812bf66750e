// Package secret keeps the credentials of a client's call out of everything that
// is shown. What is a credential is told by its name: that of a header, a query
// parameter, a cookie, a field of a form or a member of a JSON document. Its value
// is replaced before the call is looked at, so that no form of it, encoded, cut or
// put into a message, can turn up in a report.
package secret

import (
	"strings"
	"unicode"
)

// The names of credentials, in one list. A name is taken apart at capitals, digits
// and signs; it is one of a credential when one of its words is, or when two that
// follow each other are, or when the name without its signs contains a stem.
//
// Sources: RFC 6265 (cookies), RFC 6749, 7521, 7636 and 9449 (OAuth parameters),
// RFC 9110 section 11 (authentication), AWS Signature Version 4 (query
// parameters), Azure shared access signatures (sig), OWASP's Logging Cheat Sheet
// (what not to log), Rails' filter_parameters and Sentry's default scrubbing.
var (
	credentialWords = set(`auth authorization authorisation authentication token tokens secret secrets password passwords passwd passphrase passcode pass pwd pw
		credential credentials cred creds cookie cookies session sessions sid sessid jwt jws jwe bearer signature signatures sig signed hmac dpop otp totp hotp
		pin cvv cvc csc ssn csrf xsrf saml assertion nonce apikey appkey mfa verifier passkey passkeys rememberme basicauth privkey`)
	credentialPairs = set(`api-key app-key access-key private-key secret-key subscription-key functions-key function-key auth-key signing-key encryption-key
		shared-key master-key account-key storage-key admin-key license-key client-key session-key user-key service-key deploy-key ssh-key host-key
		webhook-key hub-key project-key x-key client-assertion auth-code authorization-code security-code verification-code one-time remember-me oidc-data card-number credit-card`)
	credentialStems = strings.Fields(`token secret passw passphrase passcode apikey appkey accesskey privatekey secretkey authkey subscriptionkey credential
		signature authoriz authenticat sessionid sessid sessionkey cookie jwt bearer hmac csrf xsrf`)
	// what is said of a credential, and is none
	aboutWords = set(`type types count max min limit length size expiry expires expiration ttl enabled required scope algorithm`)
)

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// Place is where a name stands.
type Place uint8

// The places of names.
const (
	Header Place = iota
	Query        // also the fields of a form
	Member       // of a JSON document
)

// Named tells whether what stands there under the name is a credential.
func Named(at Place, name string) bool {
	words := wordsOf(name)
	if len(words) == 0 {
		return false
	}
	squeezed := strings.Join(words, "")
	switch {
	case len(words) > 1 && (aboutWords[words[len(words)-1]] || words[0] == "max" || words[0] == "min"):
		return false
	case at == Query && strings.HasPrefix(squeezed, "xamz"), credentialWords[squeezed], at != Member && (squeezed == "key" || squeezed == "code"):
		return true
	}
	for i, w := range words {
		if credentialWords[w] || i > 0 && credentialPairs[words[i-1]+"-"+w] {
			return true
		}
	}
	for _, stem := range credentialStems {
		if strings.Contains(squeezed, stem) {
			return true
		}
	}
	return false
}

// wordsOf takes a name apart, in lower case.
func wordsOf(name string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			end()
		}
		word = append(word, r)
	}
	end()
	return words
}
