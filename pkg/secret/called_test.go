package secret

import "testing"

// TestCalled_goesByWholeWords holds that names which say secret are taken for it however they are written, and that others are not for having
// one of the words within another.
func TestCalled_goesByWholeWords(t *testing.T) {
	for _, name := range []string{"TOKEN", "API_TOKEN", "apiToken", "HUBSPOT_TOKENS", "TOKEN2", "SECRET", "CLIENT_SECRET", "CLIENTSECRET", "PGPASSWORD", "DB_PASSWD", "DB_PWD", "SMTP_PASS", "PASSPHRASE",
		"API_KEY", "APIKEY", "AWS_SECRET_ACCESS_KEY", "AGE_KEY", "PLAYCTL_PLAN_KEY", "KEY", "KEYS", "PLAYCTL_AGE_IDENTITY", "GOOGLE_CREDENTIALS", "DSN", "BASIC_AUTH", "PRIVATE"} {
		if !called(name) {
			t.Errorf("%s is not taken for a secret", name)
		}
	}
	for _, name := range []string{"AUTHOR", "MONKEY", "KEYBOARD", "TOKENIZER", "HOST", "STATE_KEY", "PWD", "OLDPWD", "REGION", "DATA_DIR", "COMPASS", "IDENTITYLESS"} {
		if called(name) {
			t.Errorf("%s is taken for a secret", name)
		}
	}
}
