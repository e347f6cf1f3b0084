package secret

// Said gives what a setting says without anything being looked up, and whether it says anything: a text with a ${…} in it, {file: PATH} and
// {command: […]} are left out, of lists and mappings too.
func Said(value any) (said any, ok bool) {
	switch v := value.(type) {
	case string:
		return v, !reference.MatchString(v)
	case []any:
		out := []any{}
		for _, item := range v {
			if said, ok := Said(item); ok {
				out = append(out, said)
			}
		}
		return out, true
	case map[string]any:
		_, file := v["file"]
		_, command := v["command"]
		if (file || command) && len(v) == 1 {
			return nil, false
		}
		out := map[string]any{}
		for key, item := range v {
			if said, ok := Said(item); ok {
				out[key] = said
			}
		}
		return out, true
	}
	return value, value != nil
}
