package expr

import (
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
)

// recordType gives the CEL type of an entity's records. Its name has spaces, so that the entity's own name means nothing in an expression
// where no record is bound to it, and reads well in messages: list(record of person).
func recordType(entity string) *cel.Type { return cel.ObjectType("record of " + entity) }

// entityOf gives the entity whose records a type is of; "" for other types.
func entityOf(t *cel.Type) string {
	if t == nil || t.Kind() != cel.StructKind {
		return ""
	}
	entity, ok := strings.CutPrefix(t.TypeName(), "record of ")
	if !ok {
		return ""
	}
	return entity
}

// isRecords reports whether a type is a list of records.
func isRecords(t *cel.Type) bool { return listedEntity(t) != "" }

// listedEntity gives the entity of a list of records; "" for other types.
func listedEntity(t *cel.Type) string {
	if t == nil || t.Kind() != cel.ListKind || len(t.Parameters()) != 1 {
		return ""
	}
	return entityOf(t.Parameters()[0])
}

// isNumber reports whether a type is int or double.
func isNumber(t *cel.Type) bool {
	return t.IsExactType(cel.IntType) || t.IsExactType(cel.DoubleType) || t.IsExactType(cel.UintType)
}

// isList reports whether a type is a list.
func isList(t *cel.Type) bool { return t != nil && t.Kind() == cel.ListKind }

var typeWords = strings.NewReplacer("google.protobuf.Timestamp", "timestamp", "google.protobuf.Duration", "duration", "optional_type", "optional",
	"null_type", "null", "wrapper(", "optional(", "*error*", "?")

// typeName gives a type as playbooks write it.
func typeName(t *cel.Type) string {
	if t == nil {
		return "?"
	}
	if t.Kind() == cel.TypeKind {
		return "the name of a type"
	}
	if t.Kind() == cel.TypeParamKind {
		return "any value"
	}
	return strings.ReplaceAll(typeWords.Replace(t.String()), "dyn", "any value")
}

// isPlain reports whether a value of a type can be written down: text, numbers, times, and lists and maps of them.
func isPlain(t *cel.Type) bool {
	switch t.Kind() {
	case cel.BoolKind, cel.IntKind, cel.UintKind, cel.DoubleKind, cel.StringKind, cel.TimestampKind, cel.DurationKind, cel.DynKind, cel.TypeParamKind:
		return true
	case cel.ListKind, cel.MapKind:
		return !slices.ContainsFunc(t.Parameters(), func(p *cel.Type) bool { return !isPlain(p) })
	}
	return false
}

// isOptional reports whether a type is that of a.?b.
func isOptional(t *cel.Type) bool {
	return t.Kind() == cel.OpaqueKind && t.TypeName() == "optional_type"
}
