package vector

import "github.com/playctl/playctl/pkg/expr"

// function is an operator or a function: what the reference does, and the kernel that does the same.
type function struct {
	// reference says where the reference form is: of cel-go's own its implementation, of ours the row of the same name in the table of
	// pkg/expr/functions.go.
	reference string
	// bind makes the kernel of a call. Where it is nil cel-go evaluates the call, because why.
	bind func(b *binder, n *expr.Node) (part, error)
	why  string
}

// ours is the reference of functions that are not CEL's own.
const ours = "pkg/expr/functions.go"

// functions shows for each operator and function its reference form and its kernel. A test holds that every function of the language is here.
func functions() map[string]function {
	return map[string]function{
		// logic
		expr.And:    {reference: "interpreter.evalAnd: false wins over errors", bind: bindAnd},
		expr.Or:     {reference: "interpreter.evalOr: true wins over errors", bind: bindOr},
		expr.Not:    {reference: "types.Bool.Negate", bind: bindNot},
		expr.Choose: {reference: "interpreter.evalConditional", bind: bindChoose},
		// comparisons
		expr.Equals:        {reference: "types.Equal: NaN equals nothing", bind: bindCompare},
		expr.NotEquals:     {reference: "types.Equal, negated", bind: bindCompare},
		expr.Less:          {reference: "traits.Comparer: of NaN nothing holds", bind: bindCompare},
		expr.LessEquals:    {reference: "traits.Comparer: of NaN nothing holds", bind: bindCompare},
		expr.Greater:       {reference: "traits.Comparer: of NaN nothing holds", bind: bindCompare},
		expr.GreaterEquals: {reference: "traits.Comparer: of NaN nothing holds", bind: bindCompare},
		expr.In:            {reference: "traits.Container", bind: bindIn},
		// arithmetic
		expr.Add:      {reference: "traits.Adder: overflow is an error", bind: bindArithmetic},
		expr.Subtract: {reference: "traits.Subtractor: overflow is an error", bind: bindArithmetic},
		expr.Multiply: {reference: "traits.Multiplier: overflow is an error", bind: bindArithmetic},
		expr.Divide:   {reference: "traits.Divider: zero is an error for ints", bind: bindArithmetic},
		expr.Modulo:   {reference: "traits.Modder: zero is an error", bind: bindArithmetic},
		expr.Negate:   {reference: "traits.Negater: overflow is an error", bind: bindNegate},
		"double":      {reference: "types.Int.ConvertToType", bind: bindDouble},
		"int":         {reference: "types.Double.ConvertToType: out of range is an error", bind: bindInt},
		// text
		"contains":   {reference: "strings.Contains", bind: bindTextTest},
		"startsWith": {reference: "strings.HasPrefix", bind: bindTextTest},
		"endsWith":   {reference: "strings.HasSuffix", bind: bindTextTest},
		"matches":    {reference: "regexp.MatchString", bind: bindMatches},
		"lowerAscii": {reference: "ext.Strings", bind: bindTextMap},
		"upperAscii": {reference: "ext.Strings", bind: bindTextMap},
		"trim":       {reference: "strings.TrimSpace", bind: bindTextMap},
		"size":       {reference: "traits.Sizer: characters, elements, entries", bind: bindSize},
		// maps and lists
		expr.Index: {reference: "traits.Indexer: an absent key or index is an error", bind: bindIndex},
		"get":      {reference: ours, bind: bindGet},
		"sum":      {reference: ours, bind: bindFold},
		"avg":      {reference: ours, bind: bindFold},
		"min":      {reference: ours, bind: bindFold},
		"max":      {reference: ours, bind: bindFold},
		// events
		"within": {reference: ours, bind: bindWithin},
		"since":  {reference: ours, bind: bindSince},
		"quiet":  {reference: ours, bind: bindQuiet},
		// what was evaluated or recorded before
		"segment":  {reference: ours, bind: bindSegment},
		"score":    {reference: ours, bind: bindScore},
		"stage":    {reference: ours, bind: bindStage},
		"atLeast":  {reference: ours, bind: bindAtLeast},
		"changed":  {reference: ours, bind: bindChanged},
		"enrolled": {reference: ours, bind: bindEnrolled},
		"finished": {reference: ours, bind: bindFinished},
		// constants: folded by the reference before there are kernels
		"days":  {reference: ours, why: "its argument is a constant, so that it is one"},
		"hours": {reference: ours, why: "its argument is a constant, so that it is one"},
		// cel-go only
		"@known":  {reference: ours, why: "only filter makes it, and is a loop here"},
		"touches": {reference: "pkg/expr/touches.go", why: "only invariants ask it, of few records"},
	}
}
