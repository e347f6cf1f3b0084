package mapping_test

import "testing"

// TestValue_signsAsStandardWebhooksDo takes the example of its specification (github.com/standard-webhooks/standard-webhooks).
func TestValue_signsAsStandardWebhooksDo(t *testing.T) {
	const secret, id, at, body = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", `{"test": 2432232314}`
	text := `hmac_sha256_base64(base64.decode("` + secret + `"), "` + id + "." + at + `." + '` + body + `')`
	got, err := compile(t, text).Value(t.Context(), values)
	if want := "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want || err != nil {
		t.Errorf("%v, %v, want %s", got, err, want)
	}
}
