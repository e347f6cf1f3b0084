package process

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// longest is how long a line of a plug-in may be, in bytes: answers that hold more come in pages.
const longest = 16 << 20

// errHalfLine says that a plug-in ended in the middle of a line.
var errHalfLine = errors.New("it ended in the middle of a line")

// readLine gives the next line without its end; io.EOF where there is none. The bytes are good until the next call.
func readLine(from *bufio.Reader, buffer []byte) ([]byte, error) {
	buffer = buffer[:0]
	for {
		part, err := from.ReadSlice('\n')
		buffer = append(buffer, part...)
		switch {
		case len(buffer) > longest:
			return nil, fmt.Errorf("it wrote a line of more than %d MiB: long answers come in pages", longest>>20)
		case err == nil:
			return buffer[:len(buffer)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case len(buffer) > 0:
			return buffer, errHalfLine
		default:
			return nil, io.EOF
		}
	}
}

// sample quotes the beginning of what is too long to be told.
func sample(text []byte) string {
	const most = 80
	if len(text) > most {
		return fmt.Sprintf("%q…", text[:most])
	}
	return fmt.Sprintf("%q", text)
}
