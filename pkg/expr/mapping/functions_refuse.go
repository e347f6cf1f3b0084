package mapping

import (
	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// refusal is why an expression says that there is no value.
type refusal string

// Error gives the reason as the manifest has it.
func (r refusal) Error() string { return string(r) }

// refuse gives no value, and says why: settings.url == "" ? refuse("url is not set") : settings.url.
func refuse() cel.EnvOption {
	return cel.Function("refuse", cel.Overload("refuse_text", []*cel.Type{cel.StringType}, cel.DynType, cel.UnaryBinding(func(why ref.Val) ref.Val {
		return celtypes.WrapErr(refusal(why.(celtypes.String)))
	})))
}
