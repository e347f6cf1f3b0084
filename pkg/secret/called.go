package secret

import (
	"slices"
	"strings"
	"unicode"
)

// secretWords are what variables of the environment are called that hold secrets: words of their names, or, of the longer ones, their ends.
var (
	secretWords = []string{"pass", "pwd", "key", "private", "identity", "dsn", "auth", "authorization", "cred"}
	secretEnds  = []string{"secret", "token", "password", "passwd", "passphrase", "credential", "apikey", "accesskey", "secretkey", "privatekey"}
)

// called reports whether a variable of that name is to be taken for a secret: by whole words of it, so that AUTHOR and MONKEY are none. PWD is a
// shell's working directory, and STATE_KEY or OBJECT_KEY the name of an object in a bucket.
func called(name string) bool {
	words := wordsOf(name)
	switch strings.Join(words, "_") {
	case "pwd", "oldpwd", "state_key", "object_key":
		return false
	}
	return slices.ContainsFunc(words, func(word string) bool {
		word = strings.TrimRight(word, "0123456789")
		singular := strings.TrimSuffix(word, "s")
		return slices.Contains(secretWords, word) || slices.Contains(secretWords, singular) ||
			slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(singular, end) })
	})
}

// wordsOf gives the words of API_TOKEN, apiToken or ApiToken in lower case.
func wordsOf(name string) []string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && unicode.IsLower(runes[i-1]) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.FieldsFunc(b.String(), func(r rune) bool { return r == '_' })
}
