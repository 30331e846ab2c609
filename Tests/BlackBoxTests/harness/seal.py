"""What the gateway seals, read and made by other means: AES-256-GCM of OpenSSL's libcrypto."""

from __future__ import annotations

import ctypes
import ctypes.util
import os

NONCE, TAG = 12, 16
GET_TAG, SET_TAG = 0x10, 0x11


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(ctypes.util.find_library("crypto"))
    for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
        getattr(library, name).restype = ctypes.c_void_p
    return library


LIBRARY = _library()


def _run(is_sealing: bool, key: bytes, nonce: bytes, associated: bytes, data: bytes, tag: bytes) -> tuple[bytes, bytes]:
    """The text and its tag; ValueError when the tag does not fit."""
    context = ctypes.c_void_p(LIBRARY.EVP_CIPHER_CTX_new())
    cipher = ctypes.c_void_p(LIBRARY.EVP_aes_256_gcm())
    out, count = ctypes.create_string_buffer(len(data) + TAG), ctypes.c_int()
    tagged = ctypes.create_string_buffer(tag, TAG)
    try:
        assert LIBRARY.EVP_CipherInit_ex(context, cipher, None, key, nonce, int(is_sealing)) == 1
        assert LIBRARY.EVP_CipherUpdate(context, None, ctypes.byref(count), associated, len(associated)) == 1
        assert LIBRARY.EVP_CipherUpdate(context, out, ctypes.byref(count), data, len(data)) == 1
        if not is_sealing:
            assert LIBRARY.EVP_CIPHER_CTX_ctrl(context, SET_TAG, TAG, tagged) == 1
        if LIBRARY.EVP_CipherFinal_ex(context, ctypes.create_string_buffer(TAG), ctypes.byref(count)) != 1:
            raise ValueError("sealed under another key or for another purpose")
        if is_sealing:
            assert LIBRARY.EVP_CIPHER_CTX_ctrl(context, GET_TAG, TAG, tagged) == 1
    finally:
        LIBRARY.EVP_CIPHER_CTX_free(context)
    return out.raw[: len(data)], tagged.raw


def seal(key: bytes, associated: bytes, plain: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    text, tag = _run(True, key, nonce, associated, plain, bytes(TAG))
    return nonce + text + tag


def unseal(key: bytes, associated: bytes, sealed: bytes) -> bytes:
    return _run(False, key, sealed[:NONCE], associated, sealed[NONCE:-TAG], sealed[-TAG:])[0]
