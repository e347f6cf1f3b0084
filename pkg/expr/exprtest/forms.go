package exprtest

import "strings"

// simple is a form whose kids are expressions of some types. A kid =T is a literal of type T, =days a constant number of days, =small one from
// 0 to 5, =zone a zone, =pattern a regular expression; what stands for a type is T.
type simple struct {
	weight int
	prec   int
	name   string
	text   string
	kids   string // types with blanks between
}

// simples are the forms of each type that need no thought. Weights say how often people write them.
var simples = map[typ][]simple{
	boolean: {
		{14, and, "&&", "§ && §", "bool bool"}, {4, and, "&&", "§ && § && §", "bool bool bool"}, {1, and, "&&", "§ && § && § && §", "bool bool bool bool"},
		{8, or, "||", "§ || §", "bool bool"}, {2, or, "||", "§ || § || §", "bool bool bool"}, {6, unary, "!", "!§", "bool"}, {2, ternary, "?:", "§ ? § : §", "bool bool bool"},
		{3, relation, "== of bools", "§ == §", "bool bool"}, {1, relation, "!= of bools", "§ != §", "bool bool"}, {1, relation, "< of bools", "§ < §", "bool bool"},
		{3, relation, "int < double", "§ < §", "int double"}, {2, relation, "int >= double", "§ >= §", "int double"}, {2, relation, "double > int", "§ > §", "double int"},
		{1, relation, "double <= int", "§ <= §", "double int"}, {2, relation, "int > double literal", "§ > §", "int =double"},
		{4, primary, "startsWith", "§.startsWith(§)", "string =string"}, {3, primary, "endsWith", "§.endsWith(§)", "string =string"},
		{5, primary, "contains", "§.contains(§)", "string =string"}, {2, primary, "contains", "§.contains(§)", "string string"}, {4, primary, "matches", "§.matches(§)", "string =pattern"},
		{1, primary, "matches of a field", "§.matches(§)", "string string"}, {1, primary, "matches(…)", "matches(§, §)", "string =pattern"},
		{1, primary, "startsWith", "§.startsWith(§)", "string string"},
		{1, primary, "isNaN", "math.isNaN(§)", "double"}, {1, primary, "isInf", "math.isInf(§)", "double"}, {1, primary, "isFinite", "math.isFinite(§)", "double"},
		{1, primary, "sets.contains", "sets.contains(§, §)", "list(string) list(string)"}, {1, primary, "sets.intersects", "sets.intersects(§, §)", "list(int) list(int)"},
		{1, primary, "sets.intersects", "sets.intersects(§, §)", "list(string) =list(string)"}, {1, primary, "sets.equivalent", "sets.equivalent(§, §)", "list(double) list(double)"},
		{1, primary, "bool(…)", "bool(§)", "string"}, {1, relation, "greatest of int and double", "math.greatest(§, §) > §", "int double double"},
		{1, relation, "uint", "uint(§) > §u", "int =small"}, {1, relation, "int < large uint", "§ < 18446744073709551615u", "int"}, {1, relation, "bytes", "bytes(§) == bytes(§)", "string string"}, {1, relation, "bytes size", "bytes(§).size() > §", "string =small"},
	},
	"any": { // conditions on a value whose type only shows when it is evaluated
		{1, relation, "string == any type", "§ == math.greatest(§, §)", "string =int =double"}, {1, relation, "bool != any type", "§ != math.least(§, §)", "bool =int =double"},
		{1, relation, "int > any type", "§ > math.least(§, §)", "int =int =double"}, {1, relation, "double < any type", "math.least(§, §) < §", "=int double double"},
		{1, relation, "timestamp > any type", "§ > now - math.least(§, §)", "timestamp =int =double"}, {1, primary, "contains of any type", "§.contains(math.greatest(§, §))", "string =int =double"},
		{1, primary, "matches of any type", "§.matches(math.greatest(§, §))", "string =int =double"}, {1, relation, "concatenation of any type", "§ + math.greatest(§, §) == §", "string =int =double string"},
		{1, relation, "any type in map", "math.greatest(§, §) in §", "=int =double map(int)"}, {1, relation, "any type in list", "math.greatest(§, §) in §", "=int =double list(int)"},
		{1, relation, "map[any type]", "§[math.greatest(§, §)] > §", "map(int) =int =double int"}, {1, relation, "get or any type", "§.get(§, math.greatest(§, §)) > §", "map(int) =string =int =double int"},
		{1, relation, "orValue of any type", "§[?§].orValue(math.greatest(§, §)) > §", "list(int) =small =int =double int"}, {1, relation, "?: of any type", "(§ ? § : math.least(§, §)) > §", "bool int =int =double int"},
		{1, relation, "in list of any type", "§ in [§].flatten(1)", "int =list(int)"}, {1, relation, "in list of any type", "§ in [§].flatten(1)", "string list(string)"},
		{1, primary, "exists in list of any type", "[§].flatten(1).exists(q1, q1 > §)", "=list(int) int"}, {1, primary, "all in list of any type", "[§].flatten(1).all(q1, q1 != §)", "=list(double) int"},
		{1, primary, "exists in list of durations", "[§, §].exists(q2, § > q2)", "=duration =duration duration"}, {1, relation, "in list of durations", "§ in [§, §]", "duration =duration =duration"},
	},
	integer: {
		{6, sum, "int +", "§ + §", "int int"}, {4, sum, "int -", "§ - §", "int int"}, {4, product, "int *", "§ * §", "int int"}, {4, product, "int /", "§ / §", "int int"},
		{3, product, "int %", "§ % §", "int int"}, {2, unary, "int negation", "-§", "int"}, {1, product, "int / literal", "§ / §", "int =int"},
		{3, primary, "string size", "§.size()", "string"}, {1, primary, "string size", "size(§)", "string"}, {3, primary, "list size", "§.size()", "list(string)"},
		{1, primary, "list size", "size(§)", "list(int)"}, {2, primary, "map size", "§.size()", "map(int)"}, {6, primary, "get", "§.get(§, §)", "map(int) =string =int"},
		{2, primary, "get", "§.get(§, §)", "map(int) string int"}, {2, primary, "map[k]", "§[§]", "map(int) =string"}, {1, primary, "map[k]", "§[§]", "map(int) string"},
		{2, primary, "list[i]", "§[§]", "list(int) =small"}, {1, primary, "list[i]", "§[§]", "list(int) int"}, {3, primary, "sum", "§.sum()", "list(int)"},
		{2, primary, "min", "§.min()", "list(int)"}, {2, primary, "max", "§.max()", "list(int)"}, {2, primary, "int(double)", "int(§)", "double"}, {2, primary, "int(string)", "int(§)", "string"},
		{2, primary, "int(timestamp)", "int(§)", "timestamp"}, {1, ternary, "?:", "§ ? 1 : 0", "bool"}, {1, primary, "indexOf", "§.indexOf(§)", "string =string"},
		{1, primary, "indexOf", "§.indexOf(§, §)", "string =string =small"}, {1, primary, "lastIndexOf", "§.lastIndexOf(§)", "string =string"},
		{1, primary, "abs", "math.abs(§)", "int"}, {1, primary, "sign", "math.sign(§)", "int"}, {2, primary, "greatest", "math.greatest(§, §)", "int int"}, {2, primary, "least", "math.least(§, §)", "int int"},
		{1, primary, "greatest", "math.greatest(§, §, §)", "int int int"}, {1, primary, "bitAnd", "math.bitAnd(§, §)", "int int"}, {1, primary, "bitOr", "math.bitOr(§, §)", "int int"},
		{1, primary, "bitXor", "math.bitXor(§, §)", "int int"}, {1, primary, "bitShiftLeft", "math.bitShiftLeft(§, §)", "int int"}, {1, primary, "bitShiftRight", "math.bitShiftRight(§, §)", "int =small"},
		{1, primary, "getFullYear", "§.getFullYear()", "timestamp"}, {1, primary, "getMonth", "§.getMonth()", "timestamp"}, {1, primary, "getDate", "§.getDate()", "timestamp"},
		{1, primary, "getDayOfMonth", "§.getDayOfMonth()", "timestamp"}, {1, primary, "getDayOfWeek", "§.getDayOfWeek()", "timestamp"}, {1, primary, "getDayOfYear", "§.getDayOfYear()", "timestamp"},
		{1, primary, "getHours", "§.getHours()", "timestamp"}, {1, primary, "getMinutes", "§.getMinutes()", "timestamp"}, {1, primary, "getSeconds", "§.getSeconds()", "timestamp"},
		{1, primary, "getMilliseconds", "§.getMilliseconds()", "timestamp"}, {1, primary, "getFullYear zone", "§.getFullYear(§)", "timestamp =zone"}, {1, primary, "getHours zone", "§.getHours(§)", "timestamp =zone"},
		{1, primary, "getDayOfWeek zone", "§.getDayOfWeek(§)", "timestamp =zone"}, {1, primary, "getDate zone", "§.getDate(§)", "timestamp string"},
		{1, primary, "duration getHours", "§.getHours()", "duration"}, {1, primary, "duration getMinutes", "§.getMinutes()", "duration"}, {1, primary, "duration getSeconds", "§.getSeconds()", "duration"},
		{1, primary, "duration getMilliseconds", "§.getMilliseconds()", "duration"}, {2, ternary, "?:", "§ ? § : §", "bool int int"}, {1, primary, "format size", `"%s %d".format([§, §]).size()`, "string int"},
		{1, primary, "split size", "§.split(§).size()", "string =string"},
	},
	double: {
		{5, sum, "double +", "§ + §", "double double"}, {3, sum, "double -", "§ - §", "double double"}, {4, product, "double *", "§ * §", "double double"}, {5, product, "double /", "§ / §", "double double"},
		{2, unary, "double negation", "-§", "double"}, {5, primary, "double(int)", "double(§)", "int"}, {1, primary, "double(string)", "double(§)", "string"}, {3, primary, "avg", "§.avg()", "list(int)"},
		{3, primary, "avg", "§.avg()", "list(double)"}, {4, primary, "sum", "§.sum()", "list(double)"}, {2, primary, "min", "§.min()", "list(double)"}, {2, primary, "max", "§.max()", "list(double)"},
		{2, primary, "get", "§.get(§, §)", "map(double) =string =double"}, {1, primary, "map[k]", "§[§]", "map(double) =string"}, {1, primary, "list[i]", "§[§]", "list(double) =small"},
		{1, primary, "ceil", "math.ceil(§)", "double"}, {1, primary, "floor", "math.floor(§)", "double"}, {1, primary, "round", "math.round(§)", "double"}, {1, primary, "trunc", "math.trunc(§)", "double"},
		{1, primary, "sqrt", "math.sqrt(§)", "double"}, {1, primary, "sqrt", "math.sqrt(§)", "int"}, {1, primary, "abs", "math.abs(§)", "double"}, {1, primary, "sign", "math.sign(§)", "double"},
		{1, primary, "greatest", "math.greatest(§, §)", "double double"}, {1, primary, "least", "math.least(§, §)", "double double"}, {1, primary, "greatest of list", "math.greatest(§)", "list(double)"},
		{2, ternary, "?:", "§ ? § : §", "bool double double"},
	},
	text: {
		{5, sum, "string +", "§ + §", "string string"}, {4, primary, "lowerAscii", "§.lowerAscii()", "string"}, {2, primary, "upperAscii", "§.upperAscii()", "string"}, {2, primary, "trim", "§.trim()", "string"},
		{2, primary, "replace", "§.replace(§, §)", "string =string =string"}, {1, primary, "replace", "§.replace(§, §, §)", "string =string string =small"}, {2, primary, "substring", "§.substring(§)", "string =small"},
		{2, primary, "substring", "§.substring(§, §)", "string =small =small"}, {1, primary, "charAt", "§.charAt(§)", "string =small"}, {2, primary, "string(int)", "string(§)", "int"},
		{1, primary, "string(double)", "string(§)", "double"}, {1, primary, "string(bool)", "string(§)", "bool"}, {1, primary, "string(timestamp)", "string(§)", "timestamp"},
		{1, primary, "string(duration)", "string(§)", "duration"}, {2, primary, "list[i]", "§[§]", "list(string) =small"}, {2, primary, "get", "§.get(§, §)", "map(string) =string =string"},
		{1, primary, "map[k]", "§[§]", "map(string) =string"}, {1, primary, "join", "§.join(§)", "list(string) =string"}, {1, primary, "join", "§.join()", "list(string)"},
		{1, primary, "split[i]", "§.split(§)[§]", "string =string =small"}, {1, primary, "min", "§.min()", "list(string)"}, {1, primary, "max", "§.max()", "list(string)"},
		{1, primary, "reverse", "§.reverse()", "string"}, {1, primary, "quote", "strings.quote(§)", "string"}, {1, primary, "format", `"%s:%d:%.2f".format([§, §, §])`, "string int double"},
		{2, ternary, "?:", "§ ? § : §", "bool string string"},
	},
	moment: {
		{5, sum, "timestamp + duration", "§ + §", "timestamp duration"}, {4, sum, "timestamp - duration", "§ - §", "timestamp duration"}, {1, sum, "duration + timestamp", "§ + §", "duration timestamp"},
		{2, primary, "min", "§.min()", "list(timestamp)"}, {3, primary, "max", "§.max()", "list(timestamp)"}, {1, primary, "timestamp(string)", "timestamp(§)", "string"}, {1, primary, "timestamp(int)", "timestamp(§)", "int"},
		{1, primary, "list[i]", "§[§]", "list(timestamp) =small"}, {1, primary, "get", "§.get(§, §)", "map(timestamp) =string timestamp"}, {1, ternary, "?:", "§ ? § : §", "bool timestamp timestamp"},
	},
	span: {
		{8, sum, "timestamp - timestamp", "now - §", "timestamp"}, {5, sum, "timestamp - timestamp", "§ - §", "timestamp timestamp"}, {2, sum, "duration + duration", "§ + §", "duration duration"},
		{1, sum, "duration - duration", "§ - §", "duration duration"}, {1, primary, "duration(string)", "duration(§)", "string"}, {1, ternary, "?:", "§ ? § : §", "bool duration duration"},
	},
	listOf(text): {
		{2, primary, "split", "§.split(§)", "string =string"}, {1, primary, "split", "§.split(§, §)", "string =string =small"}, {2, primary, "keys", "§.map(k0, k0)", "=map(int)"},
		{1, primary, "keys", "§.filter(k0, k0.size() > 2)", "=map(string)"},
	},
	listOf("T"): {
		{2, sum, "list +", "§ + §", "list(T) list(T)"}, {3, primary, "[…]", "[§, §]", "T T"}, {2, primary, "[…]", "[§]", "T"}, {1, primary, "slice", "§.slice(§, §)", "list(T) =small =small"},
		{1, ternary, "?:", "§ ? § : §", "bool list(T) list(T)"}, {1, primary, "flatten", "[§, §].flatten()", "list(T) list(T)"}, {1, primary, "flatten of map", "§.map(q0, [q0, q0]).flatten()", "list(T)"},
	},
	mapOf("T"): {
		{1, ternary, "?:", "§ ? § : §", "bool map(T) map(T)"}, {1, primary, "{…}", `{"Core": §, "Data": §}`, "T T"},
	},
	"T": { // of any type that fields may have
		{1, primary, "list.orValue", "§[?§].orValue(§)", "list(T) =small =T"}, {2, primary, "map.orValue", "§[?§].orValue(§)", "map(T) =string =T"},
		{1, primary, "optional.of", "optional.of(§).orValue(§)", "T =T"}, {1, primary, "optional.or", "§[?§].or(optional.of(§)).value()", "map(T) =string T"},
	},
}

// simple writes a form.
func (w *Writer) simple(f simple, t, elem typ, depth int) *Node {
	var kids []*Node
	for _, word := range strings.Fields(f.kids) {
		if literal, ok := strings.CutPrefix(word, "="); ok {
			kids = append(kids, w.special(typ(strings.ReplaceAll(literal, "T", string(elem)))))
		} else {
			kids = append(kids, w.write(typ(strings.ReplaceAll(word, "T", string(elem))), depth-1))
		}
	}
	return form(t, f.prec, f.name, f.text, kids...)
}

// special writes a literal that has a meaning where it stands.
func (w *Writer) special(what typ) *Node {
	switch what {
	case "small":
		return constant(integer, int64(w.IntN(6)), false)
	case "zone":
		return constant(text, pick(w.dice, []string{"America/New_York", "UTC", "Asia/Kolkata", "+05:30", "-08:00", "Pacific/Apia"}), false)
	case "pattern":
		return constant(text, pick(w.dice, []string{"^S", "[0-9]+$", "(?i)soft", ".*", "^$", `\.example$`, "é|ë", "^.{3,4}$", `\p{L}+`, "a", "(?s)^a.b"}), false)
	case mapOf(integer), mapOf(text): // to go over its keys: not over one that is written out, which is an error
		if n := w.field(what); n != nil {
			return n
		}
	case text:
		return w.literal(text, pick(w.dice, []string{"a", "b", "c", "d"}))
	}
	return w.literal(what, string(what))
}
