global using ObjectStore = Stickers.Storage.LocalStore;
