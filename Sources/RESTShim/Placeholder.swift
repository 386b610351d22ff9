import Hummingbird
enum PlaceholderRESTShim {}
