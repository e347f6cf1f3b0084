package rest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// maxAnswer is how large an answer may be, in bytes: what is larger is a mistake of somebody, and would fill the memory.
const maxAnswer = 256 << 20

var errTooLarge = fmt.Errorf("the answer is larger than %d MB", maxAnswer>>20)

// answer is what a vendor said.
type answer struct {
	status int
	header http.Header
	text   string
	values mapping.Values // what expressions know of it, and of its request
	again  bool           // an earlier try of the same request may have been carried out
}

// read takes an answer in.
func read(response *http.Response, r *request, call *manifest.Call, items int) (*answer, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, errTooLarge
	}
	a := &answer{status: response.StatusCode, header: response.Header, text: string(body)}
	a.values = r.asked(items)
	headers := make(map[string]any, len(response.Header))
	for name, list := range response.Header {
		headers[strings.ToLower(name)] = strings.Join(list, ", ")
	}
	a.values["status"], a.values["headers"], a.values["text"] = int64(a.status), headers, a.text
	a.values["json"] = decoded(body, call.Decode)
	return a, nil
}

// decoded reads a body. What is not of its form is null: rules of errors look at the status and the text then.
func decoded(body []byte, how string) any {
	switch how {
	case "text":
		return nil
	case "csv":
		return rows(body)
	case "jsonl":
		out := []any{}
		for line := range bytes.Lines(body) {
			if value, err := mapping.Decode(line); err == nil {
				out = append(out, value)
			}
		}
		return out
	}
	value, err := mapping.Decode(body)
	if err != nil {
		return nil
	}
	return value
}

// rows reads CSV with a header into objects.
func rows(body []byte) any {
	r := csv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil || len(records) == 0 {
		return []any{}
	}
	out := make([]any, 0, len(records)-1)
	for _, record := range records[1:] {
		row := make(map[string]any, len(record))
		for i, cell := range record {
			if i < len(records[0]) {
				row[records[0][i]] = cell
			}
		}
		out = append(out, row)
	}
	return out
}

// isPage reports whether an answer is a page for people: of maintenance, or of somebody's proxy.
func (a *answer) isPage() bool {
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	return strings.TrimSpace(kind) == "text/html" && strings.HasPrefix(strings.TrimSpace(a.text), "<")
}

// excerpt gives the beginning of what an answer says, on one line. redact takes secrets out before it is cut: half a secret would not be found.
func (a *answer) excerpt(redact func(string) string) string {
	return shortened(strings.Join(strings.Fields(redact(a.text[:min(len(a.text), 64<<10)])), " "), 200)
}
