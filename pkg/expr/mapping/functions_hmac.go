package mapping

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// hmacBase64 signs a text with a key that is bytes, as Standard Webhooks has it: hmac_sha256_base64(base64.decode(secret), text).
func hmacBase64() cel.EnvOption {
	return cel.Function("hmac_sha256_base64", cel.Overload("hmac_sha256_base64_bytes_text", []*cel.Type{cel.BytesType, cel.StringType}, cel.StringType,
		cel.BinaryBinding(func(key, text ref.Val) ref.Val {
			mac := hmac.New(sha256.New, []byte(key.(celtypes.Bytes)))
			mac.Write([]byte(text.(celtypes.String)))
			return celtypes.String(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		})))
}
