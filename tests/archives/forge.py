"""Archives made octet by octet, honest ones and others. Written from PKWARE's APPNOTE and POSIX pax; uses no archiver."""
import struct
import zlib

NONE32, NONE16 = 0xFFFFFFFF, 0xFFFF


class Zip:
    """A ZIP whose parts can be made to lie.

    add() takes what the directory says; names beginning with `local_` change only what stands before the data. Set
    members before octets() to lie about the whole.
    """

    def __init__(self):
        self.body, self.directory, self.count = bytearray(), bytearray(), 0
        self.comment = self.prefix = self.trailing = b''
        self.stated_count = self.stated_size = self.stated_offset = None
        self.zip64 = False
        self.zip64_count = None
        self.disks = 0
        self.boundaries = []  # octets at which a structure begins or ends

    def add(self, name, octets=b'', method=0, flags=0, crc=None, size=None, packed=None, mode=0, extra=b'', raw=None, zip64=False,
            local_name=None, local_method=None, local_flags=None, local_crc=None, local_size=None, header_at=None,
            descriptor=None):
        name = name.encode() if isinstance(name, str) else name
        local_name = name if local_name is None else local_name
        data = raw if raw is not None else self.packed(octets, method)
        crc = zlib.crc32(octets) if crc is None else crc
        size = len(octets) if size is None else size
        packed = len(data) if packed is None else packed
        header = len(self.body)
        wide = struct.pack('<HHQQ', 1, 16, size, packed) if zip64 else b''
        if descriptor is not None:
            flags |= 8
        local = [0 if descriptor is not None else v for v in
                 (crc if local_crc is None else local_crc, NONE32 if zip64 else packed,
                  NONE32 if zip64 else size if local_size is None else local_size)]
        self.boundaries.append(len(self.body))
        self.body += struct.pack('<IHHHHHIIIHH', 0x04034B50, 20, flags if local_flags is None else local_flags,
                                 method if local_method is None else local_method, 0, 33, *local, len(local_name), len(extra + wide))
        self.boundaries.append(len(self.body))
        self.body += local_name + extra + wide
        self.boundaries.append(len(self.body))
        self.body += data
        if descriptor is not None:
            self.boundaries.append(len(self.body))
            self.body += descriptor or struct.pack('<IIII', 0x08074B50, crc, packed, size)
        self.directory += struct.pack('<IHHHHHHIIIHHHHHII', 0x02014B50, 0x0314 if mode else 20, 20, flags, method, 0, 33, crc & NONE32,
                                      NONE32 if zip64 else packed, NONE32 if zip64 else size, len(name), len(extra + wide), 0, 0, 0,
                                      mode << 16, header if header_at is None else header_at) + name + extra + wide
        self.count += 1
        return self

    @staticmethod
    def packed(octets, method):
        if method != 8:
            return octets
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflate.compress(octets) + deflate.flush()

    def octets(self):
        count = self.count if self.stated_count is None else self.stated_count
        size = len(self.directory) if self.stated_size is None else self.stated_size
        offset = len(self.body) if self.stated_offset is None else self.stated_offset
        out = bytearray(self.prefix + self.body + self.directory)
        self.boundaries += [len(self.body), len(out)]
        if self.zip64:
            count64 = self.count if self.zip64_count is None else self.zip64_count
            out += struct.pack('<IQHHIIQQQQ', 0x06064B50, 44, 45, 45, 0, 0, count64, count64, size, offset)
            self.boundaries.append(len(out))
            out += struct.pack('<IIQI', 0x07064B50, 0, len(self.body) + len(self.directory), 1)
            self.boundaries.append(len(out))
            count, size, offset = NONE16, NONE32, NONE32
        out += struct.pack('<IHHHHIIH', 0x06054B50, self.disks, self.disks, count & NONE16, count & NONE16, size & NONE32, offset & NONE32,
                           len(self.comment)) + self.comment
        return bytes(out + self.trailing)


def tar_entry(name, octets=b'', kind=b'0', link=b'', size=None):
    """A ustar entry with its padding."""
    name = name.encode() if isinstance(name, str) else name
    size = len(octets) if size is None else size
    head = bytearray(struct.pack('100s8s8s8s12s12s8s1s100s6s2s32s32s8s8s155s12x', name[:100], b'0000644', b'0000000', b'0000000',
                                 b'%011o' % size, b'00000000000', b' ' * 8, kind, link, b'ustar', b'00', b'', b'', b'', b'', b''))
    head[148:156] = b'%06o\0 ' % sum(head)
    return bytes(head) + octets + b'\0' * (-len(octets) % 512)


TAR_END = b'\0' * 1024
