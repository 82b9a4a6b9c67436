import Files

extension ModelError {
    /// A file system error as a `ModelError`.
    public init(_ error: FileError, variable: String? = nil) {
        let code: Code =
            switch error.code {
            case .cannotOpen: .cannotOpen
            case .truncated: .truncated
            case .exists: .outputExists
            case .cannotWrite: .cannotWrite
            }
        self.init(code, error.reason, file: error.path, variable: variable)
    }
}

/// Opens a file of a checkpoint.
func openFile(_ path: String) throws(ModelError) -> ReadableFile {
    do throws(FileError) {
        return try ReadableFile(path)
    } catch {
        throw ModelError(error)
    }
}

extension ReadableBytes {
    /// Bytes of a checkpoint's index.
    func modelBytes(at offset: Int, count: Int) throws(ModelError) -> [UInt8] {
        do throws(FileError) {
            return try bytes(at: offset, count: count)
        } catch {
            throw ModelError(error)
        }
    }

    /// `count` stored elements from byte `offset` on as float32; double is rounded, the others are exact.
    ///
    /// - Parameter check: called with the bytes as they were stored, before they are converted.
    func floats(
        _ elementType: ElementType, at offset: Int, count: Int, variable: String,
        check: (UnsafeRawBufferPointer) throws(ModelError) -> Void
    ) throws(ModelError) -> [Float] {
        switch elementType {
        case .float32:
            return try checked(Float.self, at: offset, count: count, variable: variable, check)
        case .float16:
            return try checked(UInt16.self, at: offset, count: count, variable: variable, check)
                .map { Float(Float16(bitPattern: $0)) }
        case .bfloat16:
            // The upper half of a float32.
            return try checked(UInt16.self, at: offset, count: count, variable: variable, check)
                .map { Float(bitPattern: UInt32($0) << 16) }
        case .float64:
            return try checked(Double.self, at: offset, count: count, variable: variable, check).map(Float.init)
        case .other(let name, _):
            throw ModelError(
                .wrongShape, "has elements of type \(name); a floating-point type is needed", file: path,
                variable: variable)
        }
    }

    private func checked<Value: BitwiseCopyable>(
        _ type: Value.Type, at offset: Int, count: Int, variable: String,
        _ check: (UnsafeRawBufferPointer) throws(ModelError) -> Void
    ) throws(ModelError) -> [Value] {
        let stored: [Value]
        do throws(FileError) {
            stored = try values(type, at: offset, count: count)
        } catch {
            throw ModelError(error, variable: variable)
        }
        var failure: ModelError?
        stored.withUnsafeBytes { bytes in
            do throws(ModelError) { try check(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        return stored
    }
}
