package frame

import (
	"encoding/binary"
	"slices"
	"unsafe"
)

// fixed are the values that stand in blocks of an encoded table as they stand in memory.
type fixed interface {
	~uint32 | ~int32 | ~uint64 | ~int64 | ~float64 | ~bool | ~uint8
}

// little tells whether this machine has its numbers in memory as an encoded table does: the lowest byte first. Tests change it.
var little = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// bytesOf gives the memory of values. On a machine with the highest byte first it is a copy in the order of an encoded table.
func bytesOf[T fixed](values []T) []byte {
	if len(values) == 0 {
		return nil
	}
	size := int(unsafe.Sizeof(values[0]))
	raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*size)
	if !little {
		return swapped(raw, size)
	}
	return raw
}

// valuesOf gives a block of an encoded table as values: the block's own memory where the machine allows it, which must not change from
// then on, else a copy. The block's length is a multiple of a value's size.
func valuesOf[T fixed](block []byte) []T {
	var zero T
	size := int(unsafe.Sizeof(zero))
	n := len(block) / size
	if n == 0 {
		return nil
	}
	first := unsafe.Pointer(unsafe.SliceData(block))
	if little && uintptr(first)%unsafe.Alignof(zero) == 0 {
		return unsafe.Slice((*T)(first), n)
	}
	values := make([]T, n)
	raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), n*size)
	if copy(raw, block); !little {
		copy(raw, swapped(raw, size))
	}
	return values
}

// swapped gives a copy with the bytes of each value in the opposite order.
func swapped(raw []byte, size int) []byte {
	out := slices.Clone(raw)
	for i := 0; i < len(out); i += size {
		slices.Reverse(out[i : i+size])
	}
	return out
}

// textOf gives bytes as a string without copying them; they must not change from then on.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// padding gives how many bytes are missing to a multiple of eight.
func padding(n int) int { return -n & 7 }
