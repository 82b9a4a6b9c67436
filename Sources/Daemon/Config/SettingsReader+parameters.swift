import Engine
import Pipeline

extension SettingsReader {
    /// What single methods have of settings; whether they go with the method is the request's to say.
    mutating func methodParameters(below key: String) throws(SettingsError) -> MethodParameters {
        var parameters = MethodParameters()
        parameters.endpoint = try text("\(key).endpoint")
        parameters.box = try box("\(key).box")
        parameters.boxStride = try box("\(key).box-stride")
        parameters.fill = try choice("\(key).fill")
        parameters.attribution = try choice("\(key).attribution")
        parameters.regions = try choice("\(key).regions")
        parameters.quadrature = try choice("\(key).quadrature")
        parameters.noiseSpread = try number("\(key).noise-spread", 0...1)
        parameters.fraction = try number("\(key).fraction", 0...1)
        parameters.maxDistance = try number("\(key).max-distance", 0...1)
        parameters.maxSigma = try number("\(key).max-sigma", MethodParameters.sigmaRange)
        return parameters
    }

    private mutating func box(_ key: String) throws(SettingsError) -> Occlusion.Box? {
        guard let value = try text(key) else { return nil }
        let box = Occlusion.Box(text: value)
        if box == nil { try refuse(key, "has to be frames, height and width, such as 16,56,56, not \(value)") }
        return box
    }
}
