package mapping

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/playctl/playctl/pkg/playbook"
)

// headerMacro reads header("Retry-After") as headers["retry-after"]: names of headers have no case.
var headerMacro = cel.GlobalMacro("header", 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	name, ok := "", args[0].Kind() == ast.LiteralKind
	if ok {
		name, ok = args[0].AsLiteral().Value().(string)
	}
	if !ok {
		return nil, f.NewError(args[0].ID(), `header wants a name, as in header("Retry-After")`)
	}
	return f.NewCall(operators.Index, f.NewIdent("headers"), f.NewLiteral(celtypes.String(strings.ToLower(name)))), nil
})

// functions are those that mappings have beside CEL's own. Each is here since a vendor's API wants it.
func functions() []cel.EnvOption {
	return []cel.EnvOption{
		idFunctions(), jwtFunctions(), taskFunctions(), flatFunctions(),
		text1("lower", strings.ToLower),
		text1("squeeze", squeeze),
		text1("url_escape", url.QueryEscape),
		text1("sha256", func(s string) string { sum := sha256.Sum256([]byte(s)); return hex.EncodeToString(sum[:]) }),
		text1("sha512", func(s string) string { sum := sha512.Sum512([]byte(s)); return hex.EncodeToString(sum[:]) }),
		text1("soql_quote", func(s string) string { return "'" + soqlEscapes.Replace(s) + "'" }),
		text1("jql_quote", quoter(`\`, `"`)),
		text1("formula_quote", quoter(`\`, `'`)),
		text1("sql_quote", func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }),
		hmacBase64(), refuse(),
		text2("hmac_sha256", func(key, s string) string {
			mac := hmac.New(sha256.New, []byte(key))
			mac.Write([]byte(s))
			return hex.EncodeToString(mac.Sum(nil))
		}),
		cel.Function("text", cel.Overload("text_any", []*cel.Type{cel.DynType}, cel.StringType, cel.UnaryBinding(func(v ref.Val) ref.Val {
			return fromPlain(v, func(value any) ref.Val { return celtypes.String(playbook.Text(value)) })
		}))),
		cel.Function("texts", cel.Overload("texts_object", []*cel.Type{celTypes[Object]}, cel.MapType(cel.StringType, cel.StringType), cel.UnaryBinding(texts))),
		cel.Function("json_text", cel.Overload("json_text_any", []*cel.Type{cel.DynType}, cel.StringType, cel.UnaryBinding(jsonText))),
		cel.Function("merge", cel.Overload("merge_objects", []*cel.Type{celTypes[Object], celTypes[Object]}, celTypes[Object], cel.BinaryBinding(merge))),
		cel.Function("epoch", cel.Overload("epoch_timestamp", []*cel.Type{cel.TimestampType}, cel.IntType, cel.UnaryBinding(func(v ref.Val) ref.Val {
			return celtypes.Int(v.(celtypes.Timestamp).Unix())
		}))),
		cel.Function("layout", cel.Overload("layout_timestamp", []*cel.Type{cel.TimestampType, cel.StringType}, cel.StringType, cel.BinaryBinding(func(v, layout ref.Val) ref.Val {
			return celtypes.String(v.(celtypes.Timestamp).UTC().Format(string(layout.(celtypes.String))))
		}))),
	}
}

func text1(name string, f func(string) string) cel.EnvOption {
	return cel.Function(name, cel.Overload(name+"_text", []*cel.Type{cel.StringType}, cel.StringType, cel.UnaryBinding(func(v ref.Val) ref.Val {
		return celtypes.String(f(string(v.(celtypes.String))))
	})))
}

func text2(name string, f func(a, b string) string) cel.EnvOption {
	return cel.Function(name, cel.Overload(name+"_texts", []*cel.Type{cel.StringType, cel.StringType}, cel.StringType, cel.BinaryBinding(func(a, b ref.Val) ref.Val {
		return celtypes.String(f(string(a.(celtypes.String)), string(b.(celtypes.String))))
	})))
}

// soqlEscapes are those of texts in SOQL.
var soqlEscapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\b", `\b`, "\f", `\f`)

// quoter puts text into quotes, with an escape before each of them and before itself.
func quoter(escape, quote string) func(string) string {
	return func(s string) string {
		return quote + strings.ReplaceAll(strings.ReplaceAll(s, escape, escape+escape), quote, escape+quote) + quote
	}
}

// squeeze takes all white space out, as LinkedIn and Meta want e-mail addresses before they are hashed.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// fromPlain gives a function a value as Go has it.
func fromPlain(v ref.Val, f func(any) ref.Val) ref.Val {
	value, err := plain(v)
	if err != nil {
		return celtypes.NewErr("%s", err)
	}
	return f(value)
}

// texts makes text of every value of an object, as HubSpot wants them.
func texts(v ref.Val) ref.Val {
	return fromPlain(v, func(value any) ref.Val {
		out := map[string]string{}
		for name, x := range value.(map[string]any) {
			out[name] = playbook.Text(x)
		}
		return celtypes.DefaultTypeAdapter.NativeToValue(out)
	})
}

// jsonText writes a value as JSON, for APIs that want it within a field of a form.
func jsonText(v ref.Val) ref.Val {
	return fromPlain(v, func(value any) ref.Val {
		text, err := Encode(value)
		if err != nil {
			return celtypes.NewErr("%s", err)
		}
		return celtypes.String(text)
	})
}

// merge gives an object with the fields of both, those of the second where both have one.
func merge(a, b ref.Val) ref.Val {
	return fromPlain(a, func(first any) ref.Val {
		return fromPlain(b, func(second any) ref.Val {
			out := map[string]any{}
			for _, m := range []any{first, second} {
				for name, value := range m.(map[string]any) {
					out[name] = value
				}
			}
			return celtypes.DefaultTypeAdapter.NativeToValue(out)
		})
	})
}

// Encode writes a value as JSON: times as RFC 3339 in UTC, and nothing escaped but what must be.
func Encode(value any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(inUTC(value)); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}

// inUTC gives a value with its times in UTC.
func inUTC(value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.UTC()
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = inUTC(x)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, x := range v {
			out[name] = inUTC(x)
		}
		return out
	}
	return value
}

// Decode reads JSON: whole numbers as int64 where they fit, others as float64.
func Decode(data []byte) (any, error) {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	return numbers(value), nil
}

func numbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // what is too large is infinite
		return f
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = numbers(v[name])
		}
	}
	return value
}
