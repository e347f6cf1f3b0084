package process

import "encoding/json"

// The codes of errors that mean something; any other says only that a call failed, and of a write that it may have been done.
const (
	codeNoCollection = 1      // there is no such collection; nothing was done
	codeNothing      = 2      // nothing was done
	codeNoObject     = 3      // there is no such object
	codeNoField      = 4      // there is no such field: data.field, and data.known for those that there are
	codeNoMethod     = -32601 // there is no such method; nothing was done
)

// refusal is a plug-in's error.
type refusal struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// Error gives what the plug-in says.
func (r *refusal) Error() string {
	if r.Message == "" {
		return "it refused without a reason"
	}
	return readable(r.Message)
}

// harmless reports whether nothing was done.
func (r *refusal) harmless() bool {
	return r.Code >= codeNoCollection && r.Code <= codeNoField || r.Code == codeNoMethod
}

// field gives the field that there is not, and those that there are.
func (r *refusal) field() (name string, known []string) {
	var data struct {
		Field string   `json:"field"`
		Known []string `json:"known"`
	}
	if json.Unmarshal(r.Data, &data) != nil {
		return "", nil
	}
	return data.Field, data.Known
}
