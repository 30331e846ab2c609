/// What everything costs. To change what a request costs, start here; the numbers compiled in are
/// in `PriceTable+Default.swift`. A value: the table in force at admission is kept by whoever
/// needs it.
public struct PriceTable: Hashable, Sendable {
    /// Sorted by model, then by day; no two of the same.
    public private(set) var rows: [PriceRow]
    /// Sorted by model, quality, size; no two of the same. Always holds the fallback.
    public private(set) var images: [ImagePrice]
    public let webSearch: CallPrice
    /// The model by whose row an unlisted model is charged. Always has a row.
    public let unknownModel: ModelName

    /// What an image is charged as when model, quality or size cannot be identified.
    public static let fallbackImage = (
        model: "gpt-image-2", quality: "medium", size: "1024x1024"
    )

    /// `nil` when `unknownModel` has no row, the fallback image no price, or something is listed
    /// twice: a table with a hole would give responses away.
    public init?(
        rows: [PriceRow], images: [ImagePrice], webSearch: CallPrice, unknownModel: ModelName
    ) {
        self.rows = rows.sorted(by: PriceTable.isOrdered)
        self.images = images.sorted(by: PriceTable.isOrdered)
        self.webSearch = webSearch
        self.unknownModel = unknownModel
        for index in self.rows.indices.dropFirst()
        where !PriceTable.isOrdered(self.rows[index - 1], self.rows[index]) { return nil }
        for index in self.images.indices.dropFirst()
        where !PriceTable.isOrdered(self.images[index - 1], self.images[index]) { return nil }
        guard rows.contains(where: { $0.model == unknownModel }), fallbackPrice != nil else {
            return nil
        }
    }

    /// With `row` added, or put in the place of the one of the same model and day.
    public func replacing(_ row: PriceRow) -> PriceTable {
        var table = self
        table.rows.removeAll { $0.model == row.model && $0.from == row.from }
        table.rows.append(row)
        table.rows.sort(by: PriceTable.isOrdered)
        return table
    }

    /// With `image` added, or put in the place of the one of the same kind.
    public func replacing(_ image: ImagePrice) -> PriceTable {
        var table = self
        table.images.removeAll { $0.isSameKind(image) }
        table.images.append(image)
        table.images.sort(by: PriceTable.isOrdered)
        return table
    }

    /// With other settings; `nil` when `unknownModel` has no row.
    public func with(webSearch: CallPrice, unknownModel: ModelName) -> PriceTable? {
        PriceTable(rows: rows, images: images, webSearch: webSearch, unknownModel: unknownModel)
    }

    /// The row that counts for `model` at a moment: its own, else that of the model whose dated
    /// snapshot it is, else the one for unknown models. Never a row that is not yet in force,
    /// unless the unknown model has no other: nothing is ever free for want of a row.
    public func row(for model: ModelName?, at moment: Timestamp) -> PriceMatch {
        let day = moment.day
        if let model {
            if let row = latest(model, day) ?? latest(model.base, day) {
                return PriceMatch(row: row, isUnknownModel: false)
            }
        }
        if let row = latest(unknownModel, day) ?? rows.first(where: { $0.model == unknownModel }) {
            return PriceMatch(row: row, isUnknownModel: true)
        }
        preconditionFailure("a price table without a row for unknown models")
    }

    /// The exact cost of a response. Throws what is odd about its usage.
    public func charge(
        _ usage: Usage, model: ModelName, fast: Bool, at admission: Timestamp
    ) throws(OddUsage) -> Charge {
        if let odd = usage.odd { throw odd }
        let row = row(for: model, at: admission).row
        var images = Cost.zero
        for image in usage.images { images = images + price(of: image).cost(image.count) }
        let charge = Charge(
            row: row.model, tokens: row.tokensCost(usage, fast: fast),
            searches: webSearch.cost(usage.searches), images: images)
        if charge.exact >= PriceTable.costMax { throw .tooLarge }
        return charge
    }

    /// 10^12 USD for one response is a mistake of the upstream's, and a million of them still add
    /// up to a sum that the ledger can write and read.
    static let costMax = Cost(femtodollars: 1_000_000_000_000_000_000_000_000_000)

    /// What to hold for a request: a token for every 4 bytes of body, and all the output it may
    /// have, `allowance` where it does not say. Rounded up to 0.0001 USD.
    public func estimate(
        bodyBytes: Int, model: ModelName?, fast: Bool, maxOutputTokens: Int64?, allowance: Int64,
        at moment: Timestamp
    ) -> Money {
        precondition(bodyBytes >= 0, "a body of negative length")
        let input = min(Int64(bodyBytes / 4 + (bodyBytes % 4 == 0 ? 0 : 1)), Usage.countMax)
        // What the request states is not trusted to be sensible.
        let output = min(max(maxOutputTokens ?? allowance, 0), Usage.countMax)
        let usage = Usage(input: input, output: output)
        return row(for: model, at: moment).row.tokensCost(usage, fast: fast).roundedUp
    }

    /// What to hold for `n` images of a kind: as much as they will be charged. (Prices of images
    /// carry no day, so the moment does not matter.)
    public func estimate(images n: Int64, model: String, quality: String, size: String) -> Money {
        let image = ImageUse(
            model: model, quality: quality, size: size, count: min(max(n, 0), Usage.countMax))
        return price(of: image).cost(image.count).roundedUp
    }

    private func latest(_ model: ModelName, _ day: CivilDay) -> PriceRow? {
        rows.last { $0.model == model && $0.from <= day }
    }

    private func price(of image: ImageUse) -> CallPrice {
        for row in images
        where row.isOf(model: image.model, quality: image.quality, size: image.size) {
            return row.price
        }
        guard let price = fallbackPrice else {
            preconditionFailure("a price table without the fallback image")
        }
        return price
    }

    private var fallbackPrice: CallPrice? {
        let kind = PriceTable.fallbackImage
        for row in images
        where row.isOf(model: kind.model, quality: kind.quality, size: kind.size) {
            return row.price
        }
        return nil
    }

    private static func isOrdered(_ left: PriceRow, _ right: PriceRow) -> Bool {
        if left.model != right.model { return left.model.text < right.model.text }
        return left.from < right.from
    }

    private static func isOrdered(_ left: ImagePrice, _ right: ImagePrice) -> Bool {
        if left.model != right.model { return left.model < right.model }
        if left.quality != right.quality { return left.quality < right.quality }
        return left.size < right.size
    }
}
