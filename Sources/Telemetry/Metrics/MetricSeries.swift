/// The values of one metric under one set of labels; handed out to any number of users, on any thread.
protocol MetricSeries: AnyObject, Sendable {
    /// The format's word for metrics of this class.
    static var kind: String { get }
    var labels: LabelSet { get }
    /// Appends its sample lines.
    func write(as name: String, to text: inout String)
}
