/// The available methods.
public enum SaliencyMethods {
    /// All methods, in the order of help, errors and documents.
    public static let all: [MethodDescriptor] = [
        .guidedBackprop, .gradient, .gradientTimesInput, .integratedGradients, .guidedIG, .blurIG, .blurIGTime,
        .gradCAM,
        .hiResCAM, .guidedGradCAM, .occlusion, .xrai,
    ]

    /// The method if none is named. `docs/methods/default.md` has the rule by which it is chosen, and what was measured.
    public static let standard = MethodDescriptor.gradCAM

    /// The methods that have a setting if their other settings are the defaults.
    public static func taking(_ setting: MethodSetting) -> [MethodDescriptor] { all.filter { $0.takes(setting) } }
}
