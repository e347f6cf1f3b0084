package mapping

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// jwtFunctions sign tokens.
func jwtFunctions() cel.EnvOption {
	return cel.Function("jwt_rs256", cel.Overload("jwt_rs256_object_text", []*cel.Type{celTypes[Object], cel.StringType}, cel.StringType, cel.BinaryBinding(func(claims, key ref.Val) ref.Val {
		return fromPlain(claims, func(value any) ref.Val {
			token, err := signRS256(value, string(key.(celtypes.String)))
			if err != nil {
				return celtypes.NewErr("signing a token: %s", err)
			}
			return celtypes.String(token)
		})
	})))
}

// signRS256 gives claims as a JSON Web Token (RFC 7519), signed with a private key in PEM. Errors have nothing of the key in them.
func signRS256(claims any, key string) (string, error) {
	private, err := privateKey(key)
	if err != nil {
		return "", err
	}
	payload, err := Encode(claims)
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// privateKey reads PEM. Lines that were joined by \n, as environments often hold them, are read too.
func privateKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(strings.ReplaceAll(text, `\n`, "\n")))
	if block == nil {
		return nil, errors.New("the private key is not in PEM, which begins with -----BEGIN")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the private key can't be read: PKCS #1 or #8 is expected, without a password")
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the private key is none of RSA")
	}
	return key, nil
}
