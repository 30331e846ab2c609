extension PriceTable {
    /// The table as the `prices` entry holds it: canonical JSON, what a digest is computed over.
    public var canonicalText: [UInt8] {
        var line = LineWriter()
        write(to: &line)
        return line.bytes
    }

    func write(to line: inout LineWriter) {
        line.open()
        line.text("unknown_model", unknownModel.text)
        line.quoted("web_search") { webSearch.append(to: &$0) }
        line.key("models")
        line.open(UInt8(ascii: "["))
        for row in rows {
            line.separate()
            row.write(to: &line)
        }
        line.close(UInt8(ascii: "]"))
        line.key("images")
        line.open(UInt8(ascii: "["))
        for image in images {
            line.separate()
            line.open()
            line.text("model", image.model)
            line.text("quality", image.quality)
            line.text("size", image.size)
            line.quoted("price") { image.price.append(to: &$0) }
            line.close()
        }
        line.close(UInt8(ascii: "]"))
        line.close()
    }
}

extension PriceRow {
    fileprivate func write(to line: inout LineWriter) {
        line.open()
        line.text("model", model.text)
        line.quoted("from") { from.append(to: &$0) }
        line.price("input", input)
        line.price("cached_input", cachedInput)
        line.price("cache_write", cacheWrite)
        line.price("output", output)
        if fast != .one { line.quoted("fast") { fast.append(to: &$0) } }
        if let long = longContext {
            line.key("long_context")
            line.open()
            line.integer("above", long.above)
            line.price("input", long.input)
            line.price("cached_input", long.cachedInput)
            line.price("output", long.output)
            line.close()
        }
        line.close()
    }
}

extension LineWriter {
    fileprivate mutating func price(_ name: String, _ price: TokenPrice?) {
        if let price { quoted(name) { price.append(to: &$0) } }
    }
}

extension LineReader {
    mutating func priceTable(_ line: Span<UInt8>) throws(LedgerFormatError) -> PriceTable {
        try open(line)
        let unknownModel = try model("unknown_model", line)
        let webSearch = try callPrice("web_search", line)
        var rows: [PriceRow] = []
        try key("models", line)
        try open(line, UInt8(ascii: "["))
        while !isNext(UInt8(ascii: "]"), line) {
            try separate(line)
            rows.append(try priceRow(line))
        }
        try close(line, UInt8(ascii: "]"))
        var images: [ImagePrice] = []
        try key("images", line)
        try open(line, UInt8(ascii: "["))
        while !isNext(UInt8(ascii: "]"), line) {
            try separate(line)
            images.append(try imagePrice(line))
        }
        try close(line, UInt8(ascii: "]"))
        try close(line)
        guard
            let table = PriceTable(
                rows: rows, images: images, webSearch: webSearch, unknownModel: unknownModel),
            // Rows in another order would be another spelling of the same table.
            table.rows == rows, table.images == images
        else { throw malformed }
        return table
    }

    private mutating func priceRow(_ line: Span<UInt8>) throws(LedgerFormatError) -> PriceRow {
        try open(line)
        let model = try model("model", line)
        let day = try plain("from", line)
        guard day.count == 10, let from = CivilDay(line, at: day.lowerBound) else {
            throw malformed
        }
        let input = try price("input", line)
        let cachedInput = try priceIfPresent("cached_input", line)
        let cacheWrite = try priceIfPresent("cache_write", line)
        let output = try price("output", line)
        var fast = Multiplier.one
        if hasKey("fast", line) {
            let range = try plain("fast", line)
            guard let value = Multiplier(line.extracting(range), form: .trimmed), value != .one
            else { throw malformed }
            fast = value
        }
        let long = hasKey("long_context", line) ? try longContext(line) : nil
        try close(line)
        return PriceRow(
            model: model, from: from, input: input, cachedInput: cachedInput,
            cacheWrite: cacheWrite, output: output, fast: fast, longContext: long)
    }

    private mutating func longContext(
        _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> LongContext {
        try key("long_context", line)
        try open(line)
        let above = try integer("above", line)
        if above > Usage.countMax { throw malformed }
        let input = try price("input", line)
        let cachedInput = try priceIfPresent("cached_input", line)
        let output = try price("output", line)
        try close(line)
        return LongContext(above: above, input: input, cachedInput: cachedInput, output: output)
    }

    private mutating func imagePrice(_ line: Span<UInt8>) throws(LedgerFormatError) -> ImagePrice {
        try open(line)
        let model = try text("model", line)
        let quality = try text("quality", line)
        let size = try text("size", line)
        let price = try callPrice("price", line)
        try close(line)
        guard let image = ImagePrice(model: model, quality: quality, size: size, price: price)
        else { throw malformed }
        return image
    }

    private mutating func callPrice(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> CallPrice {
        let range = try plain(name, line)
        guard let price = CallPrice(line.extracting(range), form: .trimmed) else {
            throw malformed
        }
        return price
    }

    private mutating func price(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> TokenPrice {
        let range = try plain(name, line)
        guard let price = TokenPrice(line.extracting(range), form: .trimmed) else {
            throw malformed
        }
        return price
    }

    private mutating func priceIfPresent(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> TokenPrice? {
        hasKey(name, line) ? try price(name, line) : nil
    }
}
