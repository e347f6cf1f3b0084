package source

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
)

// digest tells whether bytes are the same as before: the GMAC of every block of 256 KiB under a key that nobody else knows, and the SHA-256 of
// those and the length. Of two files that differ, whoever made them without the key, it gives the same once in 2^100 or less.
//
// It is this fast because processors have both halves of it: 6.7 GB/s here, where SHA-256 alone does 1.0 and CRC-64 1.0. CRC-32 does 26, but
// takes one change in four billion for none, and any change that somebody computes.
type digest struct {
	mac    cipher.AEAD
	blocks hash.Hash // of the blocks' codes
	nonce  [12]byte  // the number of the next block
	part   []byte    // of a block that is not full
	length uint64
	code   []byte
}

// digestKey is the key of a digest, made at random for every file of the cache.
type digestKey [16]byte

// digestSum is what a digest gives.
type digestSum [sha256.Size]byte

// newDigest makes a digest of no bytes. It is an error where the machine allows no such digest.
func newDigest(key digestKey) (*digest, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	mac, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &digest{mac: mac, blocks: sha256.New()}, nil
}

// Write implements io.Writer. It never fails.
func (d *digest) Write(p []byte) (int, error) {
	n := len(p)
	if len(d.part) > 0 {
		more := min(n, blockSize-len(d.part))
		d.part, p = append(d.part, p[:more]...), p[more:]
		if len(d.part) == blockSize {
			d.block(d.part)
			d.part = d.part[:0]
		}
	}
	for ; len(p) >= blockSize; p = p[blockSize:] {
		d.block(p[:blockSize])
	}
	d.part = append(d.part, p...)
	return n, nil
}

// block takes the next block.
func (d *digest) block(p []byte) {
	d.code = d.mac.Seal(d.code[:0], d.nonce[:], nil, p)
	d.blocks.Write(d.code)
	d.length += uint64(len(p))
	binary.LittleEndian.PutUint64(d.nonce[:], binary.LittleEndian.Uint64(d.nonce[:])+1)
}

// sum gives the digest of all that was written. Nothing may be written behind it.
func (d *digest) sum() (out digestSum) {
	if len(d.part) > 0 {
		d.block(d.part)
	}
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], d.length)
	d.blocks.Write(length[:])
	d.blocks.Sum(out[:0])
	return out
}

// digestOf gives the digest of size bytes of a file, from its beginning.
func digestOf(in *input, size int64, key digestKey) (digestSum, error) {
	d, err := newDigest(key)
	if err != nil {
		return digestSum{}, err
	}
	buffer := make([]byte, blockSize)
	for at := int64(0); at < size; {
		if err := in.ctx.Err(); err != nil {
			return digestSum{}, err
		}
		n, err := in.file.ReadAt(buffer[:min(blockSize, size-at)], at)
		if n == 0 {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return digestSum{}, err
		}
		d.Write(buffer[:n]) //nolint:errcheck // a digest takes everything
		at += int64(n)
	}
	return d.sum(), nil
}
